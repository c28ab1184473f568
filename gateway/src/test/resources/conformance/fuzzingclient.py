# Runs cases of the Autobahn test suite against one server, in Jython.
# Arguments: the suite's folder, the folder for reports, the server's URL, the cases' patterns.
import sys

sys.path.insert(0, sys.argv[1])

from autobahntestsuite import fuzzing, wstest
from autobahntestsuite.case.case import Case

# The suite gives a server one second for most things; a busy machine may need more. A server that
# does what it has to is not waited for.
kill_after = fuzzing.FuzzingProtocol.killAfter
fuzzing.FuzzingProtocol.killAfter = lambda self, seconds: kill_after(self, 10 * seconds)
close_after = fuzzing.FuzzingProtocol.closeAfter
fuzzing.FuzzingProtocol.closeAfter = lambda self, seconds: close_after(self, 3 * seconds)

# A case whose connection ends before its handshake does has failed. The suite would have an exception and wait for
# the case without end.
on_connection_lost = Case.onConnectionLost
def on_connection_lost_or_never_open(self, failed_by_me):
    if self.expectedClose:
        on_connection_lost(self, failed_by_me)
    else:
        self.result = self.resultClose = 'The connection ended before the handshake did'
Case.onConnectionLost = on_connection_lost_or_never_open
fuzzing.FuzzingProtocol.http_request_data = fuzzing.FuzzingProtocol.http_response_data = ''

wstest.start(
    {'mode': 'fuzzingclient'},
    {
        'options': {
            'failByDrop': False,
            'openHandshakeTimeout': 30,
            'closeHandshakeTimeout': 20,
            'serverConnectionDropTimeout': 20,
        },
        'outdir': sys.argv[2],
        'servers': [{'agent': 'Herald', 'url': sys.argv[3], 'options': {'version': 18}}],
        'cases': sys.argv[4].split(','),
        'exclude-cases': [],
        'exclude-agent-cases': {},
    })
