"""Panels that look at one workspace: the others look again, as long as they are there."""

import gc

from passage_kit.widgets.watching import tell_others, watch


class Panel:
    def __init__(self, looked):
        self.looked = looked

    def look_again(self):
        self.looked.append(self)


def test_the_others_of_a_workspace_look_again(tmp_path):
    looked = []
    one, other, elsewhere = (Panel(looked) for _ in range(3))
    watch(tmp_path, one)
    watch(tmp_path / "." / "", other)
    watch(tmp_path / "elsewhere", elsewhere)
    tell_others(tmp_path, one)
    assert looked == [other]


def test_a_panel_that_is_gone_is_not_kept(tmp_path):
    looked = []
    one, gone = Panel(looked), Panel(looked)
    watch(tmp_path, one)
    watch(tmp_path, gone)
    del gone
    gc.collect()
    tell_others(tmp_path, one)
    assert looked == []
