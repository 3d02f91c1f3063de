"""A process that forks workers, as servers do: what it made before belongs to each of them, too."""
import os


class Job:
    def __init__(self, number):
        self.number = number
        self.me = self
        self.parts = [(number, {number: [k]}) for k in range(4)]


def work(first, count):
    return len([Job(number) for number in range(first, first + count)])


print(work(0, 90), flush=True)
kept = [Job(number) for number in range(20)]
for worker in range(2):
    child = os.fork()
    if child == 0:
        print(worker, work(1000 * worker, 150 + 40 * worker), flush=True)
        os._exit(worker)
    print(os.waitpid(child, 0)[1] >> 8, work(20, 10), flush=True)
print(work(50, 60))
