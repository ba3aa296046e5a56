/* SPDX-License-Identifier: MIT */
/*
 * The register protocol: a command word is taken by psp_step(), its response shown by
 * psp_complete(). While one mailbox works, writes to its CmdResp are lost.
 */
#include <errno.h>
#include <stdlib.h>

#include "psp/mailbox/mailbox.h"

/* Longer than any driver waits (100 s). */
#define TOO_LATE (200ull * 1000 * 1000 * 1000 * 1000)
/* Status of what a platform access or doorbell message may ask for here: unverified. */
enum { PA_UNSUPPORTED = PSP_UNSUPPORTED };

int psp_mailbox_new(struct psp *psp)
{
	psp->mailbox = calloc(1, sizeof(*psp->mailbox));
	if (!psp->mailbox)
		return -ENOMEM;
	psp_known_fill(psp->mailbox->known);
	psp_mailbox_reset(psp);
	return 0;
}

void psp_mailbox_free(struct psp *psp)
{
	free(psp->mailbox);
}

void psp_mailbox_reset(struct psp *psp)
{
	struct psp_mailbox *m = psp->mailbox;

	memset(m->regs, 0, sizeof(m->regs));
	memset(m->pending, 0, sizeof(m->pending));
	m->running = PSP_NOBODY;
	m->dead = false;
	m->tee = (struct psp_tee_ring){0};
	m->ring_on = false;
	m->regs[PSP_REG_feature] = psp->config.capability;
	m->regs[PSP_REG_bootloader_info] = psp->config.bootloader;
	m->regs[PSP_REG_tee_info] = psp->config.tee_version;
	m->regs[PSP_REG_tee_CmdResp] = psp->config.tee ? PSP_CMDRESP_RESP : 0;
	m->regs[PSP_REG_pa_CmdResp] = PSP_CMDRESP_RESP;
	m->regs[PSP_REG_doorbell_cmd] = PSP_CMDRESP_RESP;
}

const struct psp_known *psp_known(const struct psp *psp)
{
	return psp->mailbox->known;
}

static void kick(struct psp *psp)
{
	if (psp->ops.kick)
		psp->ops.kick(psp->ctx);
}

/* While a worker is busy there is nothing to step: psp_complete() kicks then. */
static void add_work(struct psp *psp, enum psp_worker worker)
{
	psp->mailbox->pending[worker] = true;
	if (!psp->mailbox->running)
		kick(psp);
}

static bool has_work(const struct psp_mailbox *m)
{
	for (enum psp_worker w = PSP_SEV_MAILBOX; w <= PSP_PA_MAILBOX; w++)
		if (m->pending[w])
			return true;
	return false;
}

uint32_t psp_mmio_read(struct psp *psp, uint32_t offset)
{
	int reg = psp_reg_find(psp->config.generation, offset);

	if (psp_fault_hit(psp, "psp.inaccessible"))
		return UINT32_MAX;
	if (reg < 0)
		return 0;
	if ((reg == PSP_REG_tee_CmdResp || reg == PSP_REG_pa_CmdResp) &&
	    psp_fault_hit(psp, "psp.busy"))
		return psp->mailbox->regs[reg] & ~PSP_CMDRESP_RESP;
	return psp->mailbox->regs[reg];
}

/* A command word: from here on its response bit is clear until psp_complete(). */
static void issue(struct psp *psp, enum psp_reg reg, uint32_t value, enum psp_worker worker)
{
	struct psp_mailbox *m = psp->mailbox;

	if (m->pending[worker] || m->running == worker)
		return;
	m->regs[reg] = value & ~PSP_CMDRESP_RESP;
	add_work(psp, worker);
}

static void doorbell(struct psp *psp)
{
	psp->mailbox->regs[PSP_REG_doorbell_cmd] = PSP_CMDRESP_RESP | PA_UNSUPPORTED;
}

void psp_mmio_write(struct psp *psp, uint32_t offset, uint32_t value)
{
	struct psp_mailbox *m = psp->mailbox;
	int reg = psp_reg_find(psp->config.generation, offset);

	switch (reg) {
	case PSP_REG_CmdResp:
		issue(psp, reg, value, PSP_SEV_MAILBOX);
		break;
	case PSP_REG_tee_CmdResp:
		if (psp->config.tee)
			issue(psp, reg, value, PSP_TEE_MAILBOX);
		break;
	case PSP_REG_pa_CmdResp:
		issue(psp, reg, value, PSP_PA_MAILBOX);
		break;
	case PSP_REG_intsts:
		m->regs[reg] &= ~value;
		break;
	case PSP_REG_tee_ring_wptr:
		m->regs[reg] = value;
		add_work(psp, PSP_TEE_RING);
		break;
	case PSP_REG_doorbell_button:
		doorbell(psp);
		break;
	case PSP_REG_CmdBufAddr_Lo:
	case PSP_REG_CmdBufAddr_Hi:
	case PSP_REG_tee_CmdBufAddr_Lo:
	case PSP_REG_tee_CmdBufAddr_Hi:
	case PSP_REG_pa_CmdBufAddr_Lo:
	case PSP_REG_pa_CmdBufAddr_Hi:
	case PSP_REG_inten:
		m->regs[reg] = value;
		break;
	default: /* no register, or one that only the PSP writes */
		break;
	}
}

static uint64_t address(const struct psp_mailbox *m, enum psp_reg lo)
{
	return m->regs[lo] | (uint64_t)m->regs[lo + 1] << 32;
}

static void interrupt(struct psp *psp)
{
	struct psp_mailbox *m = psp->mailbox;

	m->regs[PSP_REG_intsts] |= PSP_INT_CMD_COMPLETE;
	if (m->regs[PSP_REG_inten] & PSP_INT_CMD_COMPLETE && psp->ops.irq) {
		psp->stats.interrupts++;
		psp->ops.irq(psp->ctx);
	}
}

static void sev_step(struct psp *psp, uint64_t *latency)
{
	struct psp_mailbox *m = psp->mailbox;
	uint16_t id = m->regs[PSP_REG_CmdResp] >> 16 & 0x7ff;
	enum psp_status status = psp_cmd_run(psp, id, address(m, PSP_REG_CmdBufAddr_Lo), latency);

	m->response = PSP_CMDRESP_RESP | status;
}

static void tee_step(struct psp *psp)
{
	struct psp_mailbox *m = psp->mailbox;
	unsigned int command = m->regs[PSP_REG_tee_CmdResp] >> 16 & 0xf;

	m->response = PSP_CMDRESP_RESP |
		      psp_tee_command(psp, command, address(m, PSP_REG_tee_CmdBufAddr_Lo));
}

static void work(struct psp *psp, enum psp_worker worker, uint64_t *latency)
{
	if (psp_fault_hit(psp, "psp.dead")) {
		psp->mailbox->dead = true;
		*latency = PSP_NEVER;
		return;
	}
	if (psp_fault_hit(psp, "psp.spurious-irq"))
		interrupt(psp);
	*latency = psp->config.latency.command;
	switch (worker) {
	case PSP_SEV_MAILBOX:
		sev_step(psp, latency);
		break;
	case PSP_TEE_MAILBOX:
		tee_step(psp);
		break;
	case PSP_TEE_RING:
		psp_tee_ring_step(psp);
		break;
	default:
		psp->mailbox->response = PSP_CMDRESP_RESP | PA_UNSUPPORTED;
		break;
	}
	if (psp_fault_hit(psp, "psp.timeout"))
		*latency = TOO_LATE;
}

bool psp_step(struct psp *psp, uint64_t *latency)
{
	struct psp_mailbox *m = psp->mailbox;

	if (m->dead || m->running)
		return false;
	for (enum psp_worker w = PSP_SEV_MAILBOX; w <= PSP_PA_MAILBOX; w++) {
		if (!m->pending[w])
			continue;
		m->pending[w] = false;
		m->running = w;
		work(psp, w, latency);
		return true;
	}
	return false;
}

void psp_complete(struct psp *psp)
{
	struct psp_mailbox *m = psp->mailbox;
	enum psp_worker worker = m->running;

	if (m->dead)
		return;
	m->running = PSP_NOBODY;
	if (worker == PSP_SEV_MAILBOX) {
		bool ioc = m->regs[PSP_REG_CmdResp] & PSP_CMDRESP_IOC;

		m->regs[PSP_REG_CmdResp] = m->response;
		if (ioc)
			interrupt(psp);
	} else if (worker == PSP_TEE_MAILBOX) {
		m->regs[PSP_REG_tee_CmdResp] = m->response;
	} else if (worker == PSP_PA_MAILBOX) {
		m->regs[PSP_REG_pa_CmdResp] = m->response;
	} else if (worker == PSP_TEE_RING) {
		m->pending[PSP_TEE_RING] |= psp_tee_ring_complete(psp);
	}
	if (!m->running && has_work(m))
		kick(psp);
}

int psp_command(struct psp *psp, enum psp_cmd_id id, uint64_t buffer, uint64_t *latency)
{
	struct psp_mailbox *m = psp->mailbox;
	uint64_t ps;

	if (m->dead)
		return -ETIMEDOUT;
	if (m->running || m->pending[PSP_SEV_MAILBOX])
		return -EBUSY;
	m->regs[PSP_REG_CmdBufAddr_Lo] = (uint32_t)buffer;
	m->regs[PSP_REG_CmdBufAddr_Hi] = buffer >> 32;
	m->regs[PSP_REG_CmdResp] = (uint32_t)id << 16;
	m->running = PSP_SEV_MAILBOX;
	work(psp, PSP_SEV_MAILBOX, &ps);
	if (latency)
		*latency = ps;
	psp_complete(psp);
	return m->dead ? -ETIMEDOUT : (int)(m->regs[PSP_REG_CmdResp] & 0xffff);
}
