/* SPDX-License-Identifier: MIT */
#ifndef PSP_CONFIG_H
#define PSP_CONFIG_H

#include "psp/internal.h"

/* What contradicts itself or is missing; NULL: nothing. */
const char *psp_config_wrong(const struct psp_config *config, const struct psp_ops *ops);

void psp_latency_default(struct psp_latency *latency);

#endif
