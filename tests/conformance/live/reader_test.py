"""What the live harness makes of a trace, and of a faulty one. Needs no interpreter but the one that runs it."""
import unittest

import reader


def events(*lines):
    return reader.read(u"\n".join(lines)).events


class ReaderTest(unittest.TestCase):
    def refuses(self, message, *lines):
        with self.assertRaises(reader.TraceError) as caught:
            events(*lines)
        self.assertIn(message, str(caught.exception))

    def test_slots_of_containers(self):
        names = [e[0] for e in events("ref n a", "ref l[] a", "ref d[k] a", "unref l[]", "unref l[] a", "unref d[k]")]
        self.assertEqual(names, ["bind", "add", "set_item", "pop", "remove", "del_item"])

    def test_index_and_key(self):
        self.assertEqual([(e[3], e[4]) for e in events("ref l[2] a", "ref d[k] a")], [(2, "2"), (-1, "k")])

    def test_key_with_brackets_and_line_ends(self):
        (event,) = events(u'ref "d[a[0]\\n]" a')
        self.assertEqual(event[4], u"a[0]\n")

    def test_header(self):
        trace = reader.read(u"class C del slots=a,b\nthreshold 5 1\nenabled no\nalloc c C\r\n")
        self.assertEqual((trace.classes, trace.threshold, trace.enabled), ([("C", "del", ["a", "b"])], (5, 1), False))

    def test_quoted_tokens_and_comments(self):
        (event,) = events(u'alloc s str "a \\u00e9 # b"  # a comment', "# only a comment", "")
        self.assertEqual(event[4], u"a \u00e9 # b")

    def test_another_name(self):
        trace = reader.read(u"alloc a list as n\nalloc t tuple a as m\nalloc b list")
        self.assertEqual([trace.words[e[3]] for e in trace.events], ["n", "m", "b"])

    def test_debug_flags(self):
        self.assertEqual([e[5] for e in events("gc debug 4", "gc debug SAVEALL|STATS")], [(4,), (33,)])

    def test_annotations_are_no_events(self):
        self.assertEqual(events("trace 1", "profile cpython-3.11", "expect free: a", "end 0"), [])

    def test_resurrecting_instance_has_a_name(self):
        trace = reader.read(u"class R del=resurrect\nalloc r R")
        self.assertEqual(trace.words[trace.events[0][2]], "R_r")

    def test_faults_name_their_line(self):
        self.refuses("trace:2:", "alloc a list", "alloc b lists")
        self.refuses("expected a generation", "gc collect 3")
        self.refuses("header lines stand before", "alloc a list", "threshold 1")
        self.refuses("yes|no", "enabled maybe")
        self.refuses("can execute", "exit")
        self.refuses("token to end", 'alloc s str "abc')
        self.refuses("escapes of JSON", 'alloc s str "\\x41"')
        self.refuses("without NUL", 'alloc s str "\\u0000"')
        self.refuses("None is neither", "alloc None list")
        self.refuses("an ID or a name", "ref a-b c")
        self.refuses("unref D[K]", "unref d[k] a")


if __name__ == "__main__":
    unittest.main()
