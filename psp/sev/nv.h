/* SPDX-License-Identifier: MIT */
/*
 * Non-volatile storage: OCA, PEK, PDH and ownership, in SPI flash (INIT) or in an area of host
 * memory that the host keeps in a file (INIT_EX). The layout is this model's own (nv.c); the
 * area is sealed by a key of the chip, so that another chip's data and any changed bit are
 * refused. Data of this chip from before the last PLATFORM_RESET that its flash knows of are
 * taken for an empty area; else older data of the chip's own are as good as any.
 */
#ifndef PSP_NV_H
#define PSP_NV_H

#include "psp/sev/sev.h"

enum { PSP_NV_PAGES = PSP_NV_SIZE / PSP_PAGE }; /* for latencies */

/*
 * Load what the area of sev->nv_address has into sev: keys, certificates, ownership, and
 * sev->resets. *empty: first use (all bytes 0, or all 0xff) or wiped by PLATFORM_RESET; sev then
 * has no keys. SECURE_DATA_INVALID, and what psp_buf_read() says of the host's area.
 */
enum psp_status psp_nv_fetch(struct psp *psp, struct psp_sev *sev, bool *empty);

/* Seal what psp_nv_fetch() loads, and write it. What psp_buf_writable() says; RESOURCE_LIMIT. */
enum psp_status psp_nv_store(struct psp *psp, const struct psp_sev *sev);

/* The resets that the data in flash know of; 0: no data, or invalid ones. */
uint32_t psp_nv_resets(struct psp *psp);

#endif
