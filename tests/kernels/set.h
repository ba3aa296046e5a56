/* SPDX-License-Identifier: MIT */
/* The prepared object set that suites of hosted kernels start from. */
#ifndef TESTS_KERNELS_SET_H
#define TESTS_KERNELS_SET_H

/* Folder of the object set 6.12; NULL, and the case counts as skipped: there is none. */
char *set_folder(void);

#endif
