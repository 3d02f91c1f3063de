from found import found

found("c")
from c import say_c


def say_d():
    pass


done = True
