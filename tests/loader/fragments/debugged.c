/* SPDX-License-Identifier: MIT */
/* For a debugger: compiled with -g. */
int debugged_depth;

__attribute__((noinline)) int debugged_inner(int value)
{
	debugged_depth = value;
	return value + 1;
}

int debugged_outer(int value)
{
	return debugged_inner(value * 2) + 1;
}
