# Graphs of objects, closures and generators that refer to each other and are dropped; searches, events in a heap.
import heapq
import random

dice = random.Random(7)


class Node:
    __slots__ = "name", "edges", "mark", "back"

    def __init__(self, name):
        self.name = name
        self.edges = {}
        self.mark = None
        self.back = set()


class Graph:
    def __init__(self, size):
        self.nodes = [Node(n) for n in range(size)]
        for node in self.nodes:
            for _ in range(3):
                other = dice.choice(self.nodes)
                node.edges[other.name] = (dice.random(), other)
                other.back.add(node)

    def distances(self, start):
        best = {start.name: 0.0}
        queue = [(0.0, start.name)]
        while queue:
            far, name = heapq.heappop(queue)
            if far > best[name]:
                continue
            for weight, other in self.nodes[name].edges.values():
                there = far + weight
                if there < best.get(other.name, 1e9):
                    best[other.name] = there
                    heapq.heappush(queue, (there, other.name))
        return best


def walker(graph, steps):
    here = graph.nodes[0]

    def choose():
        nonlocal here
        here = dice.choice(list(here.edges.values()))[1]
        return here

    def walk():
        for _ in range(steps):
            yield choose()

    g = walk()
    graph.nodes[1].mark = g  # a generator that is never finished, in a cycle
    return [next(g).name for _ in range(steps // 2)]


total = 0
for n in range(3500):
    graph = Graph(60 + n % 50)
    total += len(graph.distances(dice.choice(graph.nodes)))
    total += sum(walker(graph, 60))
print(total)
