"""English words by which no story is found, or hardly."""

_COMMON = """
a about above after again all also always am an and any anyone anything are aren't as asked at be
because been before being below between both but by can can't cannot could couldn't describe did
didn't do does doesn't doing don't done during each even ever every example experience few for from
further gave get give given go got had hadn't has hasn't have haven't having he her here hers
herself him himself his how however i i'd i'll i'm i've if in instance into is isn't it it's its
itself just kind let like made make many me more most much my myself no nor not now of off often on
once one only onto or other others our ours ourselves out over own particular per please quite
rather really recall same say share she should shouldn't since situation so some someone something
such take tell than that that's the their theirs them themselves then there these they they're thing
things this those though through time times to too took two under until up upon us use very via walk
was wasn't we we'd we're we've well went were weren't what what's when where whether which while who
whom whose why will with within without won't work worked working would wouldn't yet you you'd
you'll you're you've your yours yourself
"""
_WEAK = """
able add affect area ask based become begin best better big bring build business call came case
change choice colleague come company complete cover create day deal develop different difficult do
done early easy effect end expect face fact feel find first follow found full general go goal good
great group handle happen hard help high idea important improve include increase involve issue job
keep know large last late lead learn leave level life line long look lot low main matter mean meet
month move need new next number old open order organisation organization outcome part people person
place plan play point possible present problem product project provide put question reach reason
result role run same see serve service set show side significant small solution solve start step
stop strong support sure system take talk task team term thing think today together try turn
understand user view wait want way week win wish word world year
"""

COMMON = frozenset(_COMMON.split())
"""Words that say nothing of what a story is about, an interviewer's own phrases among them."""

WEAK = frozenset(_WEAK.split())
"""Words that most stories could hold by chance; a match on one alone says little."""
