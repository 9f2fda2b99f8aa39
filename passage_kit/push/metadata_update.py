"""The update of an existing user's metadata, which loses nothing that is not ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from passage_kit.api.answers import PassageUser
from passage_kit.api.operations import Api
from passage_kit.errors import ApiError
from passage_kit.push.values import alike

ATTEMPTS = 3


def differs(there: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    """Tell whether the metadata of a user lacks one of our values, or has another one.

    Examples
    --------
    >>> differs({"plan": "pro", "points": 7}, {"points": 7}), differs({"plan": "pro"}, {"points": 7})
    (False, True)
    """
    return {**there, **ours} != dict(there)


async def update_metadata(
    api: Api, passage_id: str, ours: Mapping[str, Any], *, is_ours: Callable[[PassageUser], bool] = lambda _: True
) -> PassageUser:
    """Put our values into a user's metadata, and keep all others.

    The service may merge what is sent or replace the whole, so the whole is sent. Others may change it meanwhile, so it
    is read again right before, and compared with the answer.

    Parameters
    ----------
    api : Api
    passage_id : str
    ours : mapping
        Our values, by ``field_name``.
    is_ours : callable
        Tells whether a user who was read has the prepared identifiers. Default: everybody has them.

    Returns
    -------
    PassageUser
        The user after the update, as the service answered; or, unchanged, somebody who is not ours.

    Raises
    ------
    NotFoundError
        If the user is gone.
    ApiError
        If the service loses values of other fields, or refuses the update.
    """
    for _ in range(ATTEMPTS):
        user = await api.get_user(passage_id)
        if not is_ours(user):  # somebody else has the id since the first look
            return user
        there = dict(user.user_metadata)
        answer = await api.update_user(passage_id, {"user_metadata": {**there, **ours}})
        after = answer.user_metadata
        lost = there.keys() - after.keys()
        altered = [name for name in there.keys() - ours.keys() - lost if not alike(after[name], there[name])]
        if altered:
            lost |= set(altered)
            break  # a second look would take the other values for theirs
        if not lost:
            return answer
    raise ApiError(
        f"The service lost the values of {len(lost):,} other metadata fields when it updated a user, although they "
        "were sent. Nobody else is updated. Push with --on-existing skip, and ask the service's support."
    )
