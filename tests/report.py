"""What the Python tests share: running ikewhy, and checking its JSON."""
import json
import os
import subprocess
import sys

import jsonschema

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("IKEWHY", os.path.join(ROOT, "ikewhy"))
EXIT_OF = {"healthy": 0, "fault": 1, "undecided": 3, "no-negotiation": 3}

with open(os.path.join(ROOT, "docs", "report.schema.json")) as f:
    VALIDATOR = jsonschema.Draft7Validator(json.load(f))


def run(*args, stdin=b"", env=None, cwd=ROOT):
    """Exit status, stdout and stderr (bytes) of one run."""
    full = dict(os.environ, LC_ALL="C.UTF-8")
    full.update(env or {})
    full.setdefault("IKEWHY_KB", os.path.join(ROOT, "kb"))
    p = subprocess.run([BINARY, *args], input=stdin, capture_output=True,
                       timeout=600 if "tsan" in BINARY else 120, env=full,
                       cwd=cwd)
    return p.returncode, p.stdout, p.stderr


def report(*args, **kw):
    """The report of `diagnose --format=json` and a list of its faults."""
    status, out, err = run("diagnose", "--format=json", *args, **kw)
    try:
        rep = json.loads(out)
    except ValueError:
        return None, ["exit %d, no JSON: %s" %
                      (status, err.decode(errors="replace").strip()[:300])]
    faults = ["schema: %s: %s" % ("/".join(map(str, e.absolute_path)),
                                  e.message[:120])
              for e in VALIDATOR.iter_errors(rep)]
    if status != EXIT_OF.get(rep.get("outcome")):
        faults.append("exit %d with outcome %s" % (status, rep.get("outcome")))
    for t in rep.get("tunnels", []):
        if any(i >= len(rep["verdicts"]) for i in t["verdicts"]):
            faults.append("a tunnel names a verdict that is not there")
    return rep, faults


class Tally:
    """Counts, prints what failed, and ends as tests/run wants it."""

    def __init__(self):
        self.passed = self.failed = 0

    def case(self, name, faults):
        if faults:
            self.failed += 1
            for fault in faults:
                print("%s: %s" % (name, fault))
        else:
            self.passed += 1

    def end(self):
        print("%d passed, %d failed" % (self.passed, self.failed))
        sys.exit(1 if self.failed else 0)
