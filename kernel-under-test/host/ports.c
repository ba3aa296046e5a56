// SPDX-License-Identifier: MIT
/*
 * Port I/O. In user mode in and out trap; there is nothing behind any port, so
 * reads give all ones and writes vanish, as on a PC.
 */
#include <string.h>

#include "kernel-under-test/host/internal.h"

enum { OPERAND_SIZE = 0x66, REP = 0xf3 };

struct port_insn {
	unsigned int prefixes; /* bytes before the opcode */
	bool word, rep;
	uint8_t op;
};

static struct port_insn decode(const uint8_t *p)
{
	struct port_insn i = {0};

	for (; p[i.prefixes] == OPERAND_SIZE || p[i.prefixes] == REP; i.prefixes++) {
		i.word |= p[i.prefixes] == OPERAND_SIZE;
		i.rep |= p[i.prefixes] == REP;
	}
	i.op = p[i.prefixes];
	return i;
}

/* ins and outs: one element, or RCX of them with rep; the direction flag is clear in C code. */
static void string_move(const struct port_insn *i, greg_t *regs)
{
	size_t size = !(i->op & 1) ? 1 : i->word ? 2 : 4;
	size_t bytes = size * (size_t)(i->rep ? regs[REG_RCX] : 1);

	if (i->op <= 0x6d) {
		memset((void *)regs[REG_RDI], 0xff, bytes);
		regs[REG_RDI] += (greg_t)bytes;
	} else {
		regs[REG_RSI] += (greg_t)bytes;
	}
	if (i->rep)
		regs[REG_RCX] = 0;
}

bool kut_port_emulate(greg_t *regs)
{
	struct port_insn i = decode((const uint8_t *)regs[REG_RIP]);
	bool immediate = i.op >= 0xe4 && i.op <= 0xe7;

	switch (i.op) {
	case 0x6c: /* insb */
	case 0x6d: /* insw, insd */
	case 0x6e: /* outsb */
	case 0x6f: /* outsw, outsd */
		string_move(&i, regs);
		break;
	case 0xe4: /* in al */
	case 0xec:
		regs[REG_RAX] |= 0xff;
		break;
	case 0xe5: /* in ax, eax */
	case 0xed:
		regs[REG_RAX] = i.word ? regs[REG_RAX] | 0xffff : 0xffffffff;
		break;
	case 0xe6: /* out */
	case 0xe7:
	case 0xee:
	case 0xef:
		break;
	default:
		return false;
	}
	regs[REG_RIP] += i.prefixes + 1 + immediate;
	return true;
}
