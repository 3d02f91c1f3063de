# Documents are parsed, changed and written by xml.dom.minidom; command lines are parsed by argparse.
import argparse
from xml.dom import minidom

TEXT = "<shop>" + "".join(
    f"<item id='{n}'><name>thing {n}</name><price currency='EUR'>{n * 3}.50</price></item>" for n in range(120)
) + "</shop>"


def document(n):
    with minidom.parseString(TEXT) if n % 4 == 0 else _Kept(TEXT) as doc:
        total = 0.0
        for item in doc.getElementsByTagName("item"):
            price = item.getElementsByTagName("price")[0]
            total += float(price.firstChild.data)
            note = doc.createElement("note")
            note.appendChild(doc.createTextNode(f"{n} of {item.getAttribute('id')}"))
            item.appendChild(note)
        return total, len(doc.toxml())


class _Kept:  # not unlinked: left to the collector
    def __init__(self, text):
        self.doc = minidom.parseString(text)

    def __enter__(self):
        return self.doc

    def __exit__(self, *_):
        pass


def command_line(n):
    parser = argparse.ArgumentParser(prog="shop")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--fast", action="store_true")
    group.add_argument("--slow", action="store_true")
    parser.add_argument("--number", type=int, default=n)
    commands = parser.add_subparsers(dest="command")
    for name in "buy", "sell", "show":
        sub = commands.add_parser(name)
        sub.add_argument("what", nargs="*")
        sub.add_argument("--price", type=float)
    got = parser.parse_args(["--number", str(n), ("buy", "sell", "show")[n % 3], "a", "b", "--price", "2.5"])
    return got.number + len(got.what), len(parser.format_help())


print(sum(document(n)[0] for n in range(200)))
print(sum(sum(command_line(n)) for n in range(800)))
