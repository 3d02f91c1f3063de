from found import found

found("d")
from d import say_d


def say_c():
    pass


done = True
