/* SPDX-License-Identifier: MIT */
/* Launches an encrypted guest without a kernel: one page, one key, one measurement. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "psp/psp.h"

enum { RAM = 8 << 20, COMMAND = 0x1000, BLOB = 0x2000, TEXT = 0x3000, ASID = 200 };
static unsigned char ram[RAM];

static int ram_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	return pa > RAM || len > RAM - pa ? -EFAULT : (memcpy(buf, ram + pa, len), (void)ctx, 0);
}

static int ram_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	return pa > RAM || len > RAM - pa ? -EFAULT : (memcpy(ram + pa, buf, len), (void)ctx, 0);
}

/* A command with its buffer, which is also where the firmware answers. */
static int issue(struct psp *psp, enum psp_cmd_id id, void *buffer, size_t len)
{
	memcpy(ram + COMMAND, buffer, len);
	int status = psp_command(psp, id, len ? COMMAND : 0, NULL);

	memcpy(buffer, ram + COMMAND, len);
	printf("%-18s %s\n", psp_cmd_name(id), status < 0 ? "no answer" : psp_status_name(status));
	return status;
}

int main(void)
{
	static const struct psp_ops ops = {.read = ram_read, .write = ram_write};
	uint32_t init[5] = {0}, start[9] = {0};
	struct psp_config config;
	struct psp *psp;
	char text[16] = "";

	psp_config_default(&config);
	config.memory_end = RAM;
	if (psp_new(&psp, &config, &ops, NULL, NULL))
		return 1;
	strcpy((char *)ram + TEXT, "Hello, guest!");
	int failed = issue(psp, PSP_CMD_INIT, init, sizeof(init));
	for (unsigned int cpu = 0; cpu < config.cpus; cpu++)
		psp_wbinvd(psp, cpu);
	failed |= issue(psp, PSP_CMD_DF_FLUSH, start, 0);
	failed |= issue(psp, PSP_CMD_LAUNCH_START, start, sizeof(start)); /* start[0]: handle */
	failed |= issue(psp, PSP_CMD_ACTIVATE, (uint32_t[]){start[0], ASID}, 8);
	failed |= issue(psp, PSP_CMD_LAUNCH_UPDATE_DATA, (uint32_t[]){start[0], 0, TEXT, 0, 4096},
			20);
	failed |= issue(psp, PSP_CMD_LAUNCH_MEASURE, (uint32_t[]){start[0], 0, BLOB, 0, 48}, 20);
	failed |= issue(psp, PSP_CMD_LAUNCH_FINISH, start, 4);

	struct psp_access access = {
		.agent = PSP_GUEST, .asid = ASID, .pa = TEXT, .encrypted = true};

	failed |= psp_access(psp, &access, text, sizeof(text), NULL);
	printf("the guest reads \"%s\"; DRAM holds %02x%02x%02x%02x...\n", text, ram[TEXT],
	       ram[TEXT + 1], ram[TEXT + 2], ram[TEXT + 3]);
	psp_free(psp);
	return failed || strcmp(text, "Hello, guest!") != 0 || !memcmp(ram + TEXT, text, 4);
}
