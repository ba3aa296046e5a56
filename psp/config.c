/* SPDX-License-Identifier: MIT */
/* The default machine, which configurations contradict themselves, which worlds lack something. */
#include "psp/config.h"

/* Feature register bits (psp-dev.h). */
enum { CAP_SEV = 1 << 0, CAP_TEE = 1 << 1, CAP_SECURITY_REPORTING = 1 << 7, CAP_FUSED = 1 << 8 };

void psp_config_default(struct psp_config *config)
{
	*config = (struct psp_config){
		.generation = PSP_V2,
		.product = PSP_MILAN,
		.api_major = 1,
		.api_minor = 55,
		.build = 5,
		.seed = 1,
		.capability = CAP_SEV | CAP_SECURITY_REPORTING | CAP_FUSED,
		.bootloader = 0x00260076,
		.snp = true,
		.cpus = 8,
		.max_asid = 509,
		.min_sev_asid = 100,
		.max_guests = 512,
		.c_bit = 51,
		.memory_end = 1ull << 32,
		.smt = true,
		.ecc = true,
		.sme = true,
		.fused = true,
		.tcb = {.boot_loader = 3, .tee = 0, .snp = 8, .microcode = 115},
		.cpu_family = 0x19,
		.cpu_model = 1,
		.cpu_stepping = 1,
		.tsc_khz = 2450000,
	};
	psp_latency_default(&config->latency);
}

static const char *ranges(const struct psp_config *c)
{
	if (c->generation != PSP_V1 && c->generation != PSP_V2 && c->generation != PSP_V4 &&
	    c->generation != PSP_V6)
		return "generation is not V1, V2, V4 or V6";
	if ((unsigned int)c->product > PSP_TURIN)
		return "no such product";
	if (!c->cpus || c->cpus > PSP_MAX_CPUS)
		return "cpus is not 1 .. 512";
	if (!c->max_asid || c->max_asid > PSP_MAX_ASID)
		return "max_asid is not 1 .. 1023";
	if (!c->min_sev_asid || c->min_sev_asid > c->max_asid + 1)
		return "min_sev_asid is not 1 .. max_asid + 1";
	if (!c->max_guests || c->max_guests > PSP_MAX_GUESTS)
		return "max_guests is not 1 .. 65536";
	if (!c->tsc_khz)
		return "tsc_khz is 0";
	if (c->c_bit < 32 || c->c_bit > 51)
		return "c_bit is not 32 .. 51";
	if (c->memory_end & 0xfff || c->memory_end > 1ull << c->c_bit)
		return "memory_end is not a page's end below the C-bit";
	return NULL;
}

static const char *features(const struct psp_config *c)
{
	if (c->tee && c->generation < PSP_V4)
		return "generations before V4 have no TEE mailbox";
	if (c->snp && c->product < PSP_MILAN)
		return "SNP came with Milan";
	if (c->tcb.fmc && c->product != PSP_TURIN)
		return "only Turin has an FMC version";
	return NULL;
}

static const char *world(const struct psp_ops *ops)
{
	if (!ops->read)
		return "the world has no read()";
	if (!ops->write)
		return "the world has no write()";
	return NULL;
}

const char *psp_config_wrong(const struct psp_config *config, const struct psp_ops *ops)
{
	const char *why = ranges(config);

	if (!why)
		why = features(config);
	return why ? why : world(ops);
}
