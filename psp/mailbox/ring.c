/* SPDX-License-Identifier: MIT */
/*
 * SEV's ring-buffer mode. The command that enters it and the way out are public; the form
 * of the rings' entries is not, so that nothing is taken from them: a ring that is
 * entered stays as it is until a mailbox command ends the mode (commands.c).
 */
#include "psp/mailbox/mailbox.h"
#include "psp/memory/memory.h"

enum { RING_PAGES_LOW = 1 };

static bool is_ring(struct psp *psp, uint64_t pa, uint64_t pages)
{
	bool ok = pa % PSP_PAGE == 0;
	uint8_t byte;

	for (uint64_t i = 0; ok && i < pages; i++)
		ok = psp_buf_read(psp, pa + i * PSP_PAGE, &byte, 1) == PSP_SUCCESS;
	return ok;
}

enum psp_status psp_cmd_ring_buffer(struct psp_cmd *cmd)
{
	struct psp *psp = cmd->psp;
	const uint8_t *b = cmd->buf;
	uint64_t low = RING_BUFFER_low_size(b), high = RING_BUFFER_high_size(b);

	if (low != RING_PAGES_LOW)
		return PSP_INVALID_LENGTH;
	if (!is_ring(psp, RING_BUFFER_low_cmd_ptr(b), low) ||
	    !is_ring(psp, RING_BUFFER_low_status_ptr(b), low))
		return PSP_INVALID_ADDRESS;
	if (high && (!is_ring(psp, RING_BUFFER_high_cmd_ptr(b), high) ||
		     !is_ring(psp, RING_BUFFER_high_status_ptr(b), high)))
		return PSP_INVALID_ADDRESS;
	psp->mailbox->ring_on = true;
	return PSP_SUCCESS;
}
