# Classes that are made and dropped. The collector is not told of all that belongs to them: slots, and what their bases
# know of them.
class Base:
    pass


class Other(Base):  # CPython drops what Base knows of its subclasses when the last one goes
    pass


def family(n):
    class Parent(Base):
        __slots__ = ("left", "right", "number", "parent")

    class Child(Parent):
        __slots__ = ()

        def grow(self):
            self.left = Parent()
            self.left.parent = self

    child = Child()
    child.grow()
    child.number = n
    return child


print(sum(family(n).number for n in range(300)))
