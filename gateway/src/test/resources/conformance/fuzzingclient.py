# Runs cases of the Autobahn test suite against one server, in Jython.
# Arguments: the suite's folder, the folder for reports, the server's URL, the cases' patterns.
import sys

sys.path.insert(0, sys.argv[1])

from autobahntestsuite import fuzzing, wstest

# The suite gives a server one second for most things; a busy machine may need more. A server that
# does what it has to is not waited for.
kill_after = fuzzing.FuzzingProtocol.killAfter
fuzzing.FuzzingProtocol.killAfter = lambda self, seconds: kill_after(self, 10 * seconds)
close_after = fuzzing.FuzzingProtocol.closeAfter
fuzzing.FuzzingProtocol.closeAfter = lambda self, seconds: close_after(self, 3 * seconds)

wstest.start(
    {'mode': 'fuzzingclient'},
    {
        'options': {
            'failByDrop': False,
            'openHandshakeTimeout': 60,
            'closeHandshakeTimeout': 20,
            'serverConnectionDropTimeout': 20,
        },
        'outdir': sys.argv[2],
        'servers': [{'agent': 'Herald', 'url': sys.argv[3], 'options': {'version': 18}}],
        'cases': sys.argv[4].split(','),
        'exclude-cases': [],
        'exclude-agent-cases': {},
    })
