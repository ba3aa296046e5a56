/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Forced in front of sources that ask for the architecture where they mean the
 * firmware that it has: they see ACPI as on arm64, see linux/acpi.h beside this.
 */
#define KUT_AS_ARM64
