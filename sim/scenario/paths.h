/* SPDX-License-Identifier: MIT */
#ifndef SIM_SCENARIO_PATHS_H
#define SIM_SCENARIO_PATHS_H

/*
 * The file of a machine: a path (with a slash, or ending in .dts or .dtb) beside
 * the scenario or as given; else the name of one of Faultline's own machines.
 * malloc()ed; NULL with *why.
 */
char *scn_find_machine(const char *name, const char *scenario, char **why);

/* All of a text file, malloc()ed; NULL with *why. */
char *scn_read_file(const char *path, char **why);

#endif
