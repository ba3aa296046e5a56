/* SPDX-License-Identifier: MIT */
/* One line of text for a command and for a trace record. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "psp/commands.h"

/* Text that grows: what does not fit is only counted. */
struct text {
	char *buf;
	size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void say(struct text *t, const char *format, ...)
{
	size_t room = t->len < t->size ? t->size - t->len : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(room ? t->buf + t->len : NULL, room, format, args);
	va_end(args);
	t->len += n > 0 ? (size_t)n : 0;
}

static struct text begin(char *buf, size_t size)
{
	if (size)
		buf[0] = '\0';
	return (struct text){buf, size, 0};
}

static void say_field(void *arg, const char *name, uint64_t value)
{
	say(arg, " %s=0x%" PRIx64, name, value);
}

static void say_command(struct text *t, unsigned int id)
{
	const char *name = psp_cmd_name(id);

	if (name)
		say(t, "%s", name);
	else
		say(t, "command 0x%x", id);
}

int psp_decode_command(char *buf, size_t size, unsigned int id, const void *data, size_t len)
{
	struct text t = begin(buf, size);

	say_command(&t, id);
	psp_cmd_fields(id, data, len, say_field, &t);
	return (int)t.len;
}

static void say_status(struct text *t, unsigned int status)
{
	const char *name = psp_status_name(status);

	if (name)
		say(t, " %s", name);
	else
		say(t, " status 0x%x", status);
}

static void say_fault(struct text *t, const struct psp_trace *record)
{
	const struct psp_fault *fault = record->data;

	say(t, "fault 0x%" PRIx64 " error code 0x%" PRIx64 ": %s", record->address,
	    fault->error_code, fault->reason);
}

static void say_rmp(struct text *t, const struct psp_trace *record)
{
	uint64_t q[2];

	memcpy(q, record->data, sizeof(q));
	say(t, "RMP 0x%" PRIx64 " = 0x%016" PRIx64 " 0x%016" PRIx64, record->address, q[0], q[1]);
}

int psp_decode_trace(char *buf, size_t size, const struct psp_trace *record)
{
	struct text t = begin(buf, size);

	switch (record->kind) {
	case PSP_TRACE_COMMAND:
		say_command(&t, record->id);
		psp_cmd_fields(record->id, record->data, record->len, say_field, &t);
		break;
	case PSP_TRACE_RESPONSE:
		say_command(&t, record->id);
		say_status(&t, record->status);
		break;
	case PSP_TRACE_RMP:
		say_rmp(&t, record);
		break;
	case PSP_TRACE_FAULT:
		say_fault(&t, record);
		break;
	case PSP_TRACE_KEY:
		say(&t, "key of ASID %u %s", record->id, record->status ? "loaded" : "removed");
		break;
	default:
		break;
	}
	return (int)t.len;
}
