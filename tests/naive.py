"""The rules of kb/rules read by the book: each condition is tried on each
fact, again and again until nothing new follows. Slow, and shares nothing
with the engine: what a proof or a refutation claims is held against it."""
import glob
import re
import xml.etree.ElementTree as ET

LEVELS = ["none", "error", "warning", "notify", "info", "debug", "debug2"]
UNITS = {"ms": 1, "s": 1000, "min": 60000, "h": 3600000, "d": 86400000}
PSEUDO = ("t", "last", "count", "line")
NOT_SLOTS = ("type", "as", "after", "before", "within", "from", "visible-at",
             "at-least", "at-most")
TOKEN = re.compile(r'([a-z0-9-]+)=("(?:\\.|[^"\\])*"|\S+)')
PLACE = re.compile(r"(\d+):(\d+)(?::(-?\d+))?")


def duration(text):
    m = re.fullmatch(r"(\d+)(ms|s|min|h|d)?", text)
    return int(m.group(1)) * UNITS[m.group(2) or "s"]


class Vocabulary:
    def __init__(self):
        self.slots, self.derived = {}, set()
        for t in ET.parse("kb/vocabulary.xml").getroot():
            name = t.get("name")
            self.slots[name] = {s.get("name"): s.get("kind")
                                for s in t.findall("slot")}
            if t.get("derived") == "yes":
                self.derived.add(name)

    def value(self, kind, slot, text):
        """A constant of a rule, or of a printed fact."""
        how = "int" if slot in PSEUDO else self.slots[kind][slot]
        if how in ("int", "id") or re.fullmatch(r"-?\d+", text) and \
                how == "time":
            return int(text)
        return duration(text) if how == "time" else text


VOCABULARY = Vocabulary()


# ---- facts -----------------------------------------------------------------

def unquoted(text):
    if not text.startswith('"'):
        return text
    return re.sub(r"\\x([0-9a-f]{2})|\\(.)", lambda m: chr(
        int(m.group(1), 16)) if m.group(1) else m.group(2), text[1:-1])


class Fact:
    """`first` and `last` are (file, line, time), a time None if unknown."""

    def __init__(self, kind, slots, source):
        self.kind, self.slots, self.source = kind, slots, source
        self.count, self.height, self.made_by = 1, 0, None
        self.first = self.last = None

    def key(self):
        return self.kind, tuple(sorted(self.slots.items())), self.source

    def slot(self, name):
        at = self.last if name == "last" else self.first
        if name == "count":
            return self.count
        if name == "line":
            return at[1] or None if at else None
        if name in ("t", "last"):
            return at[2] if at else None
        return self.slots.get(name)


def printed(line):
    """A fact as `ikewhy facts` prints it, or as a proof has it."""
    head, _, places = line.partition(" at=")
    kind = head.split(" ", 1)[0]
    found = re.search(r" @(local|peer)(?: count=(\d+))?(?: unsure=yes)?$", head)
    slots = {}
    for name, text in TOKEN.findall(head[:found.start()]):
        slots[name] = VOCABULARY.value(kind, name, unquoted(text))
    f = Fact(kind, slots, found.group(1))
    f.count = int(found.group(2) or 1)
    if places:
        f.first = f.last = place(places)
        end = re.search(r' last=(\d+:\d+(?::-?\d+)?)(?=[= ]|$)',
                        re.sub(r'"(?:\\.|[^"\\])*"',
                               lambda m: '"' + "." * (len(m.group()) - 2) + '"',
                               places))
        if end:
            f.last = place(end.group(1))
    return f


def place(text):
    file, line, t = PLACE.match(text).groups()
    return int(file), int(line), None if t is None else int(t)


class Sight:
    """What the log of one side could show."""

    def __init__(self, text):
        got = dict(TOKEN.findall(text))
        self.level = LEVELS.index(got["level"])
        self.begin = int(got["from"]) if "from" in got else None
        self.end = int(got["to"]) if "to" in got else None


def sets_of(text):
    """The fact sets that `ikewhy facts` prints: (sights by source, facts)."""
    sets = []
    for line in text.splitlines():
        if line.startswith("set "):
            parts = re.split(r" @(local|peer) ", line)
            sets.append(({parts[i]: Sight(parts[i + 1])
                          for i in range(1, len(parts), 2)}, []))
        elif line and not line.startswith(("#", "input ")):
            sets[-1][1].append(printed(line))
    return sets


# ---- rules ------------------------------------------------------------------

class Test:
    def __init__(self, kind, slot, text):
        self.slot, self.var = slot, None
        m = re.match(r"<=|>=|<|>|!", text)
        self.op = m.group() if m else "="
        rest = text[len(m.group()) if m else 0:]
        if text in ("*", "-"):
            self.op = text
        elif rest.startswith("?"):
            self.var = rest[1:]
        else:
            self.words = [VOCABULARY.value(kind, slot, w)
                          for w in rest.split("|")]

    def binds(self):
        return self.op == "=" and self.var is not None

    def holds(self, value, env):
        """Does it hold, or may it once its variable is known?"""
        if self.op in "*-":
            return (value is None) == (self.op == "-")
        if self.var is not None and self.var not in env:
            return value is not None or not self.binds()
        words = [env[self.var]] if self.var is not None else self.words
        if self.op == "=":
            return value in words
        if self.op == "!":
            return value not in words
        if not isinstance(value, int) or not isinstance(words[0], int):
            return False
        return {"<": value < words[0], "<=": value <= words[0],
                ">": value > words[0], ">=": value >= words[0]}[self.op]


class Condition:
    def __init__(self, node):
        self.what, self.kind = node.tag, node.get("type")
        self.name = node.get("as")
        self.after, self.before = node.get("after"), node.get("before")
        within = node.get("within")
        self.within = None if within is None else duration(within)
        self.whose = node.get("from", "same")
        self.visible = LEVELS.index(node.get("visible-at", "none"))
        self.least = int(node.get("at-least", 0))
        most = node.get("at-most")
        self.most = None if most is None else int(most)
        self.tests = [Test(self.kind, k, v) for k, v in node.attrib.items()
                      if k not in NOT_SLOTS]


class Rule:
    def __init__(self, node):
        self.id = node.get("id")
        self.conditions = [Condition(c) for c in node.find("when")]
        self.derives = [c for c in node.find("then") if c.tag == "derive"]
        self.gates = [c for c in node.find("then") if c.tag != "derive"]
        self.stratum = 0
        self.order = sorted(range(len(self.conditions)),
                            key=lambda i: self.conditions[i].what != "fact")

    def subject(self):
        """The variable of whom its weights are."""
        for g in self.gates:
            if g.get("for").startswith("?"):
                return g.get("for")[1:]
        return None


def all_rules():
    rules = [Rule(n) for path in sorted(glob.glob("kb/rules/*.xml"))
             for n in ET.parse(path).getroot().findall("rule")]
    stratify(rules)
    return {r.id: r for r in rules}


def may_match(derive, cond):
    """Could this conclusion be what the condition asks for?"""
    if derive.get("type") != cond.kind:
        return False
    for t in cond.tests:
        text = derive.get(t.slot)
        if t.slot in PSEUDO or t.var is not None:
            continue
        if text is None:
            if t.op not in "!-":
                return False
        elif text.startswith("?") or "." in text:
            continue
        elif not t.holds(VOCABULARY.value(cond.kind, t.slot, text), {}):
            return False
    return True


def stratify(rules):
    edges = [(a, b, c.what != "fact") for a in rules for c in a.conditions
             if c.kind in VOCABULARY.derived
             for b in rules if any(may_match(d, c) for d in b.derives)]
    changed = True
    while changed:
        changed = False
        for a, b, negative in edges:
            if a.stratum < b.stratum + negative:
                a.stratum = b.stratum + negative
                changed = True


# ---- one condition ------------------------------------------------------------

def follows(a, b, same_source, within):
    """Is sighting `a` after `b`?"""
    if a is None or b is None:
        return False
    if a[2] is None or b[2] is None:
        return same_source and bool(a[1] and b[1]) and a[:2] > b[:2]
    if a[2] == b[2]:
        return not same_source or bool(a[1] and b[1]) and a[:2] > b[:2]
    return a[2] > b[2] and (within is None or a[2] - b[2] <= within)


def in_window(cond, fact, named):
    def fits(at):
        for anchor, later in ((cond.after, True), (cond.before, False)):
            if anchor is None or anchor not in named:
                continue
            to = named[anchor]
            pair = (at, to.first) if later else (to.first, at)
            if not follows(*pair, fact.source == to.source, cond.within):
                return False
        return True
    if cond.after is None and cond.before is None:
        return True
    return fits(fact.first) or fits(fact.last)


def source_fits(cond, fact, source):
    if source is None or cond.whose == "any":
        return True
    return (fact.source == source) == (cond.whose == "same")


def fits(cond, fact, env, named, source):
    """The variables as this fact would have them; None if it does not fit."""
    if fact.kind != cond.kind or not source_fits(cond, fact, source):
        return None
    out = dict(env)
    for t in cond.tests:
        value = fact.slot(t.slot)
        if not t.holds(value, out):
            return None
        if t.binds():
            out[t.var] = value
    return out if in_window(cond, fact, named) and all(
        t.holds(fact.slot(t.slot), out) for t in cond.tests) else None


class World:
    """A fact set, what follows from it, and what its logs could show."""

    def __init__(self, sights, facts):
        self.sights, self.by_kind, self.known = sights, {}, {}
        for f in facts:
            self.add(f)

    def add(self, fact):
        self.by_kind.setdefault(fact.kind, []).append(fact)
        self.known.setdefault(fact.key(), fact)

    def of(self, cond):
        return self.by_kind.get(cond.kind, [])

    def found(self, cond, env, named, source):
        return [f for f in self.of(cond)
                if fits(cond, f, env, named, source) is not None]

    def shows(self, cond, named, source):
        """Would the logs have shown what this absence asks about?"""
        wanted = {"same": [source], "other": [
            "peer" if source == "local" else "local"]}.get(
                cond.whose, ["local", "peer"])
        for s in wanted:
            sight = self.sights.get(s)
            if sight is None:
                if cond.whose == "any" and self.sights:
                    continue
                if cond.visible or cond.whose == "other":
                    return False
            elif sight.level < cond.visible or \
                    not reaches(sight, cond, named):
                return False
        return True

    def negative_holds(self, cond, env, named, source):
        found = self.found(cond, env, named, source)
        if cond.what == "absent":
            return not found and self.shows(cond, named, source)
        total = sum(f.count for f in found)
        return total >= cond.least and (cond.most is None or
                                        total <= cond.most)


def reaches(sight, cond, named):
    def time_of(anchor):
        f = named.get(anchor)
        return f.first[2] if f and f.first else None
    if cond.within is None:
        return True
    after, before = time_of(cond.after), time_of(cond.before)
    if cond.after is not None:
        if after is None or sight.end is None:
            return True
        end = after + cond.within
        return sight.end >= (end if before is None else min(end, before))
    if before is None or sight.begin is None:
        return True
    return sight.begin <= before - cond.within


# ---- a rule --------------------------------------------------------------------

def ways(rule, world, env):
    """Every way in which all conditions hold: (facts by condition, env)."""
    def step(depth, env, named, source, facts):
        if depth == len(rule.order):
            yield dict(facts), env, source
            return
        i = rule.order[depth]
        cond = rule.conditions[i]
        if cond.what != "fact":
            if world.negative_holds(cond, env, named, source):
                yield from step(depth + 1, env, named, source, facts)
            return
        for f in world.of(cond):
            got = fits(cond, f, env, named, source)
            if got is None:
                continue
            more = dict(named, **{cond.name: f}) if cond.name else named
            yield from step(depth + 1, got, more, source or f.source,
                            {**facts, i: f})
    for facts, env, source in step(0, env, {}, None, {}):
        named = {rule.conditions[i].name: f for i, f in facts.items()}
        if all(fits(rule.conditions[i], f, env, named, None) is not None
               for i, f in facts.items()):
            yield facts, env, source


def conclusion(node, rule, facts, env, source):
    slots = {}
    for name, text in node.attrib.items():
        if name == "type":
            continue
        m = re.fullmatch(r"([a-z0-9]+)\.(t|last|count|line)", text)
        at = [i for i, c in enumerate(rule.conditions)
              if m and c.name == m.group(1)]
        if text.startswith("?"):
            value = env.get(text[1:])
        elif at:
            value = facts[at[0]].slot(m.group(2))
        else:
            value = VOCABULARY.value(node.get("type"), name, text)
        if value is not None:
            slots[name] = value
    return Fact(node.get("type"), slots, source)


def span(fact, facts):
    """It is as old and as young as what it rests on in its own log."""
    own = [f for f in facts.values() if f.source == fact.source and f.first]

    def order(at):
        return (at[2] is not None, at[2] or 0, at[0], at[1])
    fact.first = min((f.first for f in own), key=order, default=None)
    fact.last = max((f.last for f in own), key=order, default=None)


def derive(world, rules):
    """All that follows. Of several ways the lowest proof dates a fact."""
    ordered = sorted((r for r in rules.values() if r.derives),
                     key=lambda r: r.stratum)
    for stratum in sorted({r.stratum for r in ordered}):
        changed = True
        while changed:
            changed = False
            for rule in (r for r in ordered if r.stratum == stratum):
                changed |= fire(world, rule)


def fire(world, rule):
    changed = False
    for facts, env, source in list(ways(rule, world, {})):
        rank = (1 + max((f.height for f in facts.values()), default=0),
                rule.id)
        for node in rule.derives:
            new = conclusion(node, rule, facts, env, source)
            old = world.known.get(new.key())
            if old and (old.made_by is None or old.made_by <= rank):
                continue
            target = old or new
            target.height, target.made_by = rank[0], rank
            span(target, facts)
            if not old:
                world.add(new)
            changed = True
    return changed


# ---- what a refutation claims -----------------------------------------------

def by_name(rule, facts):
    return {rule.conditions[i].name: f for i, f in facts.items()
            if rule.conditions[i].name}


def look_up(world, text):
    return world.known.get(printed(text).key())


def bindings(rule, facts, subject):
    """What the facts that hold bind; None if they do not hold together."""
    env = {}
    if rule.subject() is not None and subject >= 0:
        env[rule.subject()] = subject
    source = None
    for i in sorted(facts):
        env = fits(rule.conditions[i], facts[i], env, {}, source) \
            if env is not None else None
        source = source or facts[i].source
    named = by_name(rule, facts)
    if env is None or any(fits(rule.conditions[i], f, env, named, None) is None
                          for i, f in facts.items()):
        return None, None
    return env, source


def refuted(world, rule, fails, env, named, source):
    """What is wrong with the claim that this condition fails; None if it is
    true."""
    cond = rule.conditions[fails["condition"] - 1]
    found = world.found(cond, env, named, source)
    if cond.what == "count":
        return "the count holds" if world.negative_holds(
            cond, env, named, source) else None
    shown = look_up(world, fails["fact"]) if "fact" in fails else None
    if "fact" in fails and shown is None:
        return "no such fact: " + fails["fact"]
    if cond.what == "absent":
        if shown is not None:
            return None if shown in found else "the fact does not refute it"
        if found:
            return "it is there and is not named"
        return "nothing hides it" if world.shows(cond, named, source) else None
    if found:
        return "it is there: %s" % (found[0].key(),)
    if shown is not None and "slot" in fails and all(
            t.holds(shown.slot(t.slot), env) for t in cond.tests
            if t.slot == fails["slot"]):
        return "its %s is as it must be" % fails["slot"]
    return None


def check_rule(world, rules, claim, subject):
    """What is wrong with the claim of why-not about a rule; None if it is
    true."""
    rule = rules[claim["rule"]]
    start = {}
    if rule.subject() is not None and subject >= 0:
        start[rule.subject()] = subject
    fires = any(True for _ in ways(rule, world, start))
    if fires != claim["fires"]:
        return "it fires" if fires else "it does not fire"
    if fires or "fails" not in claim:
        return None
    facts = {}
    for h in claim["holds"]:
        facts[h["condition"] - 1] = look_up(world, h["fact"])
        if facts[h["condition"] - 1] is None:
            return "no such fact: " + h["fact"]
    env, source = bindings(rule, facts, subject)
    if env is None:
        return "what is said to hold does not"
    return refuted(world, rule, claim["fails"], env, by_name(rule, facts),
                   source)
