"""Where a recording of this program begins and ends: for programs that are recorded only sometimes.

Under `gcsim record --paused` a module of the recorder takes the place of this one. Everywhere else these functions
do nothing, and say so.
"""


def start():
    """Begins the recording; whether it did."""
    return False


def stop():
    """Ends the recording, while the program goes on; whether it did."""
    return False
