"""The 12319 call desk (热线话务): what the telephone system tells of calls, and what the centre still owes the caller."""
