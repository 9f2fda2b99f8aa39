"""The bounds of a list of users: what its first page says, and no page twice."""

from __future__ import annotations

from passage_kit.api.answers import UserPage
from passage_kit.errors import ApiError
from passage_kit.translations import in_panel

UNTOLD = 10_000_000  # users of an app that does not say how many it has
FEWEST = 10  # users of a page; with fewer, only a few pages are read
MORE_PAGES, MORE_USERS = 20, 1_000  # beside what the first page says, for users who sign up meanwhile


class Paging:
    """The pages of one list so far.

    Parameters
    ----------
    first : UserPage
        The first page, whose total and size say how many pages there are.

    Examples
    --------
    >>> paging = Paging(UserPage((), 0, None))
    >>> paging.pages, paging.users
    (20, 1000)
    """

    def __init__(self, first: UserPage) -> None:
        size = len(first.users)
        total = first.total if first.total >= 0 else UNTOLD if size >= FEWEST else 0
        self.pages = MORE_PAGES + -(-total // max(size, FEWEST))
        self.users = total + max(MORE_USERS, total // 10)
        self._total = -1  # the largest that a page said: a page that says less than another ends no list
        self._count = self._seen = 0
        self._begun_with: set[str] = set()

    def take(self, page: UserPage) -> bool:
        """Count a page, and tell whether there are more.

        Raises
        ------
        ApiError
            If the page was there before, or the list goes on beyond what its first page said.
        """
        if not page.users:
            return False
        if page.users[0].id in self._begun_with:
            raise ApiError(
                in_panel(
                    "The service gives the same page again and again, so the users cannot be listed. "
                    "Run the same command "
                    "again, or ask the service's support.",
                    "The service gives the same page again and again, so the users cannot be listed. Try "
                    "again, or ask the support of the service.",
                )
            )
        self._begun_with.add(page.users[0].id)
        self._total = max(self._total, page.total)
        self._count += 1
        self._seen += len(page.users)
        if self._count > self.pages or self._seen > self.users:
            raise ApiError(
                f"The list of users does not end: after {self._count:,} pages with {self._seen:,} users, it has more "
                "than its first page said. Run the same command again, or ask the service's support."
            )
        return not 0 <= self._total <= self._seen
