"""Makes a trace as short as it gets while something about it stays true (delta debugging over lines)."""

BATCH = 16  # candidates that are tried at a time


def meaningful(text):
    """The lines of a trace that say something: no comments, no blank ones."""
    return [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]


def without_chunks(lines, still_fails, size):
    """Does without each run of `size` lines that can be missed, from the end, where least depends on them.

    still_fails answers for a list of candidates. After one that still fails, the others of its batch are made of
    lines that are gone, and what is in front of it is tried anew."""
    end = len(lines)
    while end > 0:
        ends = list(range(end, 0, -size))[:BATCH]
        candidates = [lines[:max(e - size, 0)] + lines[e:] for e in ends]
        answers = still_fails(candidates)
        if True in answers:
            lines = candidates[answers.index(True)]
            end = ends[answers.index(True)] - size
        else:
            end = ends[-1] - size
    return lines


def minimise(lines, still_fails):
    """A list of lines that still fails and of which no single one can be missed."""
    size = max(len(lines) // 2, 1)
    while True:
        before = len(lines)
        lines = without_chunks(lines, still_fails, size)
        if size == 1 and len(lines) == before:
            return lines
        size = max(size // 2, 1)
