/* SPDX-License-Identifier: MIT */
/* Defines a name that base.c defines too. */
int shared_counter = 7;
