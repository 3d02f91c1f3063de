# Trees with links to their parents, as large as a tenth of the heap, that go when a function returns.
import ast

LINES = [f"def f{n}(a, b):\n    return [a + {n}, b * (a - {n}), {{'k': (a, b)}}]" for n in range(220)]


def look_at(lines):
    tree = ast.parse("\n".join(lines))
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node
    depth = 0
    for node in ast.walk(tree):
        here = 0
        while hasattr(node, "parent"):
            node = node.parent
            here += 1
        depth = max(depth, here)
    return depth


kept = [ast.parse("\n".join(LINES)) for _ in range(3)]
print(sum(look_at(LINES[: 10 + 37 * n % 200]) for n in range(60)))
