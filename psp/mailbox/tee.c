/* SPDX-License-Identifier: MIT */
/*
 * The TEE mailbox and its ring, as tee-dev.h has them. No trusted application runs in this
 * model: every command in the ring is answered TEE_ERROR_NOT_SUPPORTED (GlobalPlatform).
 */
#include "psp/mailbox/mailbox.h"
#include "psp/memory/memory.h"

enum {
	TEE_RING_INIT = 1,
	TEE_RING_DESTROY = 2,
	/* Status codes of the mailbox; those but for the ring's are unverified. */
	TEE_SUCCESS = 0,
	TEE_INVALID_PARAM = PSP_INVALID_PARAM,
	TEE_INVALID_COMMAND = PSP_INVALID_COMMAND,
	TEE_RING_BUSY = 0xd,

	ENTRY = 1024,
	ENTRY_STATE = 4,
	ENTRY_STATUS = 8,
	STATE_PROCESSING = 1,
	STATE_COMPLETED = 2,
};
#define TEE_ERROR_NOT_SUPPORTED 0xffff000au

static uint16_t ring_init(struct psp *psp, uint64_t pa)
{
	struct psp_mailbox *m = psp->mailbox;
	uint8_t cmd[12], entry[ENTRY];
	uint64_t base;
	uint32_t size;

	if (m->tee.base)
		return TEE_RING_BUSY;
	if (psp_buf_read(psp, pa, cmd, sizeof(cmd)) != PSP_SUCCESS)
		return TEE_INVALID_PARAM;
	base = psp_get_le(cmd, 8);
	size = (uint32_t)psp_get_le(cmd + 8, 4);
	if (!base || base % ENTRY || !size || size % ENTRY || base > UINT64_MAX - size ||
	    psp_buf_read(psp, base + size - ENTRY, entry, ENTRY) != PSP_SUCCESS ||
	    psp_buf_read(psp, base, entry, ENTRY) != PSP_SUCCESS)
		return TEE_INVALID_PARAM;
	m->tee = (struct psp_tee_ring){.base = base, .size = size};
	m->regs[PSP_REG_tee_ring_rptr] = m->regs[PSP_REG_tee_ring_wptr] = 0;
	return TEE_SUCCESS;
}

uint16_t psp_tee_command(struct psp *psp, unsigned int command, uint64_t pa)
{
	switch (command) {
	case TEE_RING_INIT:
		return ring_init(psp, pa);
	case TEE_RING_DESTROY:
		psp->mailbox->tee = (struct psp_tee_ring){0};
		return TEE_SUCCESS;
	default:
		return TEE_INVALID_COMMAND;
	}
}

/* The RMP holds for the TEE as for a device: what is assigned is not written. */
static void put(struct psp *psp, uint64_t entry, unsigned int at, uint32_t value)
{
	const enum psp_page_state state = psp_page_state(psp, psp_strip_c_bit(psp, entry));

	if (state != PSP_PAGE_HYPERVISOR && state != PSP_PAGE_HV_FIXED)
		return;
	psp_buf_write(psp, entry + at, &value, sizeof(value));
}

void psp_tee_ring_step(struct psp *psp)
{
	struct psp_mailbox *m = psp->mailbox;
	uint32_t rptr = m->regs[PSP_REG_tee_ring_rptr], wptr = m->regs[PSP_REG_tee_ring_wptr];

	m->tee.entry = 0;
	if (!m->tee.base || rptr == wptr || wptr >= m->tee.size || wptr % ENTRY)
		return;
	m->tee.entry = m->tee.base + rptr;
	put(psp, m->tee.entry, ENTRY_STATE, STATE_PROCESSING);
}

bool psp_tee_ring_complete(struct psp *psp)
{
	struct psp_mailbox *m = psp->mailbox;
	uint32_t *rptr = &m->regs[PSP_REG_tee_ring_rptr];

	if (!m->tee.entry)
		return false;
	put(psp, m->tee.entry, ENTRY_STATUS, TEE_ERROR_NOT_SUPPORTED);
	put(psp, m->tee.entry, ENTRY_STATE, STATE_COMPLETED);
	*rptr = (*rptr + ENTRY) % m->tee.size;
	return *rptr != m->regs[PSP_REG_tee_ring_wptr];
}
