/* SPDX-License-Identifier: MIT */
/* Firmware images and versions: DOWNLOAD_FIRMWARE(_EX), SNP_COMMIT (56860, 3.5 and 8). */
#ifndef PSP_FIRMWARE_H
#define PSP_FIRMWARE_H

#include "psp/internal.h"

/* Power cycle: what the flash has, config's version, runs and is committed. */
void psp_firmware_reset(struct psp *psp);
/*
 * Check an image and make it the running firmware. BAD_SIGNATURE: no image, or changed;
 * BAD_SVN, BAD_VERSION: older than the committed one; INVALID_CONFIG: of another product;
 * INVALID_LENGTH, INVALID_ADDRESS. SHUTDOWN_REQUIRED: SNP is initialised and the image is
 * older than the running firmware. UPDATE_FAILED: it would not start, the old firmware runs
 * on; from then on, until it was loaded again, every other image has RESTORE_REQUIRED.
 */
enum psp_status psp_firmware_load(struct psp *psp, uint64_t pa, size_t len);
/* The running version becomes the one that cannot be undone; the reported TCB follows. */
void psp_firmware_commit(struct psp *psp);

#endif
