/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/psp/owner/crypto.h"

enum owner_check owner_tcb_parse(enum owner_product product, uint64_t value, struct owner_tcb *tcb)
{
	uint8_t byte[8];
	bool turin = product == OWNER_TURIN;

	owner_put64(byte, value);
	memset(tcb, 0, sizeof(*tcb));
	tcb->microcode = byte[7];
	if (turin) {
		tcb->fmc = byte[0];
		tcb->bootloader = byte[1];
		tcb->tee = byte[2];
		tcb->snp = byte[3];
	} else {
		tcb->bootloader = byte[0];
		tcb->tee = byte[1];
		tcb->snp = byte[6];
	}
	return owner_zero(byte + (turin ? 4 : 2), turin ? 3 : 4) ? OWNER_OK : OWNER_RESERVED;
}
