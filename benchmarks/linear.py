"""Draw what the kit costs against rows: `python benchmarks/linear.py` writes benchmarks/results/<date>-rows.svg.

Processor time and peak memory of the whole command, from 250,000 to 4,000,000 rows; the lines are fitted by least
squares, and how much of the variance they explain is written beside them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
from pathlib import Path

import numpy as np
from run import HERE, PYTHON, Measured, made, measure

SIZES = [250_000, 500_000, 1_000_000, 2_000_000, 3_000_000, 4_000_000]
WIDTH, HEIGHT, MARGIN = 420, 280, 56


def main() -> None:
    """Measure and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--folder", type=Path, default=Path("build/benchmarks"), help="for inputs and outputs")
    parser.add_argument("--out", type=Path, default=HERE / "results" / f"{dt.date.today():%Y-%m-%d}-rows.svg")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    rows = np.array(sorted(chosen.rows))
    measured = [cost(chosen.folder.resolve(), int(count)) for count in rows]
    plots = [
        plot(0, "CPU seconds", rows, np.array([figures.cpu[0] for figures in measured])),
        plot(WIDTH, "Peak memory, MB", rows, np.array([figures.peak[0] for figures in measured])),
    ]
    size = f'width="{2 * WIDTH}" height="{HEIGHT}"'
    style = 'font-family="sans-serif" font-size="12" fill="#333"'
    background = '<rect width="100%" height="100%" fill="#fff"/>'
    chosen.out.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{background}{"".join(plots)}</svg>\n', encoding="utf-8"
    )


def cost(folder: Path, rows: int) -> Measured:
    """Run the command once."""
    figures = Measured()
    measure([*PYTHON, "-m", "passage_kit", "prepare", made(folder, rows), "--out", str(folder / "workspace")], figures)
    shutil.rmtree(folder / "workspace")
    return figures


def plot(left: int, title: str, rows: np.ndarray, costs: np.ndarray) -> str:
    """Draw one plot: points, the fitted line, and the share of the variance that it explains."""
    slope, constant = np.polyfit(rows, costs, 1)
    fitted = slope * rows + constant
    explained = 1 - np.sum((costs - fitted) ** 2) / np.sum((costs - costs.mean()) ** 2)
    print(f"{title}: {constant:.2f} + {slope * 1e6:.2f} a million rows, R² {explained:.4f}")

    def at(row: float, height: float) -> tuple[float, float]:
        x = left + MARGIN + row / rows.max() * (WIDTH - 2 * MARGIN)
        return round(x, 1), round(HEIGHT - MARGIN - height / (costs.max() * 1.1) * (HEIGHT - 2 * MARGIN), 1)

    points = [at(*pair) for pair in zip(rows, costs, strict=True)]
    (x1, y1), (x2, y2) = at(0, constant), at(rows.max(), fitted[-1])
    labels = [
        f'<text x="{x}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">{count / 1e6:g}M</text>'
        for count, (x, _) in zip(rows, points, strict=True)
        if count >= 1_000_000
    ]
    labels += [
        f'<text x="{x + 6}" y="{y + 14}">{value:,.0f}</text>' for value, (x, y) in zip(costs, points, strict=True)
    ]
    dots = [f'<circle cx="{x}" cy="{y}" r="4" fill="#1f6feb"/>' for x, y in points]
    line = f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#1f6feb" stroke-width="1.5"/>'
    axis_x, axis_y = at(0, 0)
    axes = f'<path d="M{axis_x} {MARGIN}V{axis_y}H{left + WIDTH - MARGIN}" fill="none" stroke="#999"/>'
    heading = f'<text x="{axis_x}" y="28" font-size="14">{title} (R² {explained:.4f})</text>'
    return "".join([axes, line, *dots, *labels, heading])


if __name__ == "__main__":
    main()
