/* SPDX-License-Identifier: MIT */
/* Keys and certificates of the platform; `sev` is a copy that psp_sev_commit() will take. */
#ifndef PSP_PLATFORM_CERTS_H
#define PSP_PLATFORM_CERTS_H

#include "psp/sev/sev.h"

/* A self-owned platform: new OCA, PEK, PDH. The CEK must be there. RESOURCE_LIMIT: memory. */
enum psp_status psp_new_owner(struct psp *psp, struct psp_sev *sev);

/* The status for an errno of crypto.h and cert.h. */
enum psp_status psp_cert_status(int error);

#endif
