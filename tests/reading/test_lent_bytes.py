import threading
import time

import pytest

from passage_kit.reading.lent_bytes import read_lent


def test_a_thread_that_still_holds_the_bytes_is_waited_for():
    let_go = []

    def hold(file):
        time.sleep(0.05)
        del file
        let_go.append(True)

    def read(file):
        threading.Thread(target=hold, args=(file,)).start()
        return file.read()

    assert read_lent(b"a,b\n1,2\n", read, begin=4) == b"1,2\n"
    assert let_go == [True]


def test_an_error_comes_through():
    def read(file):
        raise ValueError(file.read().decode())

    with pytest.raises(ValueError, match="text"):
        read_lent(b"text", read)
