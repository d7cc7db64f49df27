"""How long reports of analytics take over a million calls, and how long it takes to note one."""
