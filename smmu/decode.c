/* SPDX-License-Identifier: MIT */
/* Structures as text: one line, in the specification's names, from the field tables. */
#include <stdarg.h>
#include <stdio.h>

#include "smmu/descriptor.h"

struct text {
	char *buf;
	size_t size, len;
};

static void __attribute__((format(printf, 2, 3))) put(struct text *t, const char *format, ...)
{
	size_t left = t->len < t->size ? t->size - t->len : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(left ? t->buf + t->len : NULL, left, format, args);
	va_end(args);
	if (n > 0)
		t->len += (size_t)n;
}

static struct text text_begin(char *buf, size_t size)
{
	if (size)
		buf[0] = '\0';
	return (struct text){.buf = buf, .size = size};
}

static void put_field(struct text *t, const char *name, uint64_t value)
{
	put(t, value < 10 ? " %s=%llu" : " %s=%#llx", name, (unsigned long long)value);
}

/* Is `name` one of the words of `list`? */
static bool listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = strstr(list, name); p; p = strstr(p + 1, name))
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

const char *smmu_cmd_name(uint8_t opcode)
{
	switch (opcode) {
#define COMMAND(op, name, handler, condition, shown)                                               \
	case op:                                                                                   \
		return #name;
#include "smmu/commands.def"
#undef COMMAND
	default:
		return NULL;
	}
}

/* Names of the fields that a command has. */
static const char *command_fields(uint8_t opcode)
{
	switch (opcode) {
#define COMMAND(op, name, handler, condition, shown)                                               \
	case op:                                                                                   \
		return shown;
#include "smmu/commands.def"
#undef COMMAND
	default:
		return "";
	}
}

void smmu_cmd_fields(const uint64_t cmd[2], smmu_field_fn fn, void *arg)
{
	const char *shown = command_fields((uint8_t)CMD_OP(cmd));

#define FIELD(N, dw, hi, lo)                                                                       \
	if (listed(shown, #N))                                                                     \
		fn(arg, #N, CMD_##N(cmd));
#define PTR(N, dw, hi, lo) FIELD(N, dw, hi, lo)
#include "smmu/fields_cmd.def"
#undef FIELD
#undef PTR
}

void smmu_ste_fields(const uint64_t ste[8], smmu_field_fn fn, void *arg)
{
#define FIELD(N, dw, hi, lo) fn(arg, #N, STE_##N(ste));
#define PTR(N, dw, hi, lo)   FIELD(N, dw, hi, lo)
#include "smmu/fields_ste.def"
#undef FIELD
#undef PTR
}

static void put_command_field(void *text, const char *name, uint64_t value)
{
	put_field(text, name, value);
}

int smmu_decode_cmd(char *buf, size_t size, const uint64_t cmd[2])
{
	struct text t = text_begin(buf, size);
	const char *name = smmu_cmd_name((uint8_t)CMD_OP(cmd));

	if (name)
		put(&t, "%s", name);
	else
		put(&t, "CMD_reserved OP=%#llx dw0=%#llx dw1=%#llx",
		    (unsigned long long)CMD_OP(cmd), (unsigned long long)cmd[0],
		    (unsigned long long)cmd[1]);
	smmu_cmd_fields(cmd, put_command_field, &t);
	if (CMD_SSec(cmd))
		put(&t, " SSec=1");
	return (int)t.len;
}

const char *smmu_event_name(uint8_t number)
{
	switch (number) {
#define EVENT(n, name, layout)                                                                     \
	case n:                                                                                    \
		return #name;
#include "smmu/events.def"
#undef EVENT
	default:
		return NULL;
	}
}

int smmu_event_number(const char *name)
{
#define EVENT(n, event, layout)                                                                    \
	if (strcmp(name, #event) == 0)                                                             \
		return n;
#include "smmu/events.def"
#undef EVENT
	return -EINVAL;
}

int smmu_decode_event(char *buf, size_t size, const uint64_t r[4])
{
	static const char *const classes[] = {"CD", "TT", "IN", "reserved"};
	struct text t = text_begin(buf, size);
	const char *name = smmu_event_name((uint8_t)EVT_ID(r));
	unsigned int layout = event_layout((uint8_t)EVT_ID(r));

	if (!name) {
		put(&t, "event_reserved ID=%#llx SID=%#llx", (unsigned long long)EVT_ID(r),
		    (unsigned long long)EVT_SID(r));
		return (int)t.len;
	}
	put(&t, "%s", name);
#define FIELD(N, dw, hi, lo, in)                                                                   \
	if ((layout & (in)) && strcmp(#N, "ID") != 0) {                                            \
		if (strcmp(#N, "CLASS") == 0)                                                      \
			put(&t, " CLASS=%s", classes[EVT_##N(r) & 3]);                             \
		else                                                                               \
			put_field(&t, #N, EVT_##N(r));                                             \
	}
#define PTR(N, dw, hi, lo, in) FIELD(N, dw, hi, lo, in)
#include "smmu/fields_event.def"
#undef FIELD
#undef PTR
	return (int)t.len;
}

static const char *config_name(unsigned int config)
{
	static const char *const names[] = {"bypass", "S1", "S2", "S1+S2"};

	return config < CONFIG_BYPASS ? "abort" : names[config & 3];
}

/* Fields that are zero are left out, but for V. */
int smmu_decode_ste(char *buf, size_t size, const uint64_t ste[8])
{
	struct text t = text_begin(buf, size);

	put(&t, "STE V=%u Config=%s", (unsigned int)STE_V(ste),
	    config_name((unsigned int)STE_Config(ste)));
#define FIELD(N, dw, hi, lo)                                                                       \
	if (STE_##N(ste) && strcmp(#N, "V") != 0 && strcmp(#N, "Config") != 0)                     \
		put_field(&t, #N, STE_##N(ste));
#define PTR(N, dw, hi, lo) FIELD(N, dw, hi, lo)
#include "smmu/fields_ste.def"
#undef FIELD
#undef PTR
	return (int)t.len;
}

int smmu_decode_cd(char *buf, size_t size, const uint64_t cd[8])
{
	struct text t = text_begin(buf, size);

	put(&t, "CD V=%u", (unsigned int)CD_V(cd));
#define FIELD(N, dw, hi, lo)                                                                       \
	if (CD_##N(cd) && strcmp(#N, "V") != 0)                                                    \
		put_field(&t, #N, CD_##N(cd));
#define PTR(N, dw, hi, lo) FIELD(N, dw, hi, lo)
#include "smmu/fields_cd.def"
#undef FIELD
#undef PTR
	return (int)t.len;
}

/* Kinds of fields_desc.def. */
enum { IS_TTD, IS_S1D, IS_S2D, IS_TBL, IS_UPD };

/* The type and the address are shown apart. */
static bool shown_apart(const char *name)
{
	return listed("Valid Type OA52", name);
}

static void leaf_fields(struct text *t, uint64_t desc, unsigned int stage)
{
	unsigned int own = stage == 1 ? IS_S1D : IS_S2D;

#define FIELD(S, N, dw, hi, lo)                                                                    \
	if ((IS_##S == IS_TTD || IS_##S == own) && S##_##N(desc) && !shown_apart(#N))              \
		put_field(t, #N, S##_##N(desc));
#include "smmu/fields_desc.def"
#undef FIELD
}

static void table_fields(struct text *t, uint64_t desc)
{
#define FIELD(S, N, dw, hi, lo)                                                                    \
	if (IS_##S == IS_TBL && S##_##N(desc))                                                     \
		put_field(t, #N, S##_##N(desc));
#include "smmu/fields_desc.def"
#undef FIELD
}

/* The granule is not in the descriptor: the address is shown down to bit 12. */
int smmu_decode_desc(char *buf, size_t size, uint64_t desc, unsigned int stage, int level)
{
	struct text t = text_begin(buf, size);
	bool table = TTD_Type(desc) && level < 3;

	if (!TTD_Valid(desc) || (!TTD_Type(desc) && level == 3)) {
		put(&t, "invalid %#llx", (unsigned long long)desc);
		return (int)t.len;
	}
	put(&t, "%s addr=%#llx",
	    table	 ? "table"
	    : level == 3 ? "page"
			 : "block",
	    (unsigned long long)desc_address(48, 12, 12, desc));
	if (!table)
		leaf_fields(&t, desc, stage);
	else if (stage == 1)
		table_fields(&t, desc);
	return (int)t.len;
}

static void put_stream(struct text *t, const struct smmu_trace *r)
{
	put(t, " SID=%#x", r->sid);
	if (r->has_ssid)
		put(t, " SSID=%#x", r->ssid);
}

static const char *status_name(uint64_t status)
{
	static const char *const names[] = {"OK", "ABORT", "RAZ_WI", "STALL"};

	return status < 4 ? names[status] : "?";
}

static void trace_structure(struct text *t, const struct smmu_trace *r)
{
	char line[1024];

	switch (r->kind) {
	case SMMU_TRACE_CMD:
		smmu_decode_cmd(line, sizeof(line), r->data);
		break;
	case SMMU_TRACE_EVENT:
		smmu_decode_event(line, sizeof(line), r->data);
		break;
	case SMMU_TRACE_STE:
		smmu_decode_ste(line, sizeof(line), r->data);
		break;
	case SMMU_TRACE_CD:
		smmu_decode_cd(line, sizeof(line), r->data);
		break;
	default:
		smmu_decode_desc(line, sizeof(line), r->data[0], r->stage, r->level);
	}
	put(t, "%s", line);
}

int smmu_decode_trace(char *buf, size_t size, const struct smmu_trace *r)
{
	struct text t = text_begin(buf, size);
	unsigned long long addr = r->addr, first = r->data[0];

	switch (r->kind) {
	case SMMU_TRACE_CMD:
		trace_structure(&t, r);
		put(&t, " @%#llx", addr);
		break;
	case SMMU_TRACE_EVENT:
		trace_structure(&t, r);
		if (addr)
			put(&t, " @%#llx", addr);
		else
			put(&t, " (lost)");
		break;
	case SMMU_TRACE_STE:
	case SMMU_TRACE_CD:
		trace_structure(&t, r);
		put_stream(&t, r);
		put(&t, " @%#llx", addr);
		break;
	case SMMU_TRACE_L1STD:
		put(&t, "L1STD Span=%llu L2Ptr=%#llx", (unsigned long long)L1STD_Span(r->data),
		    (unsigned long long)L1STD_L2Ptr(r->data));
		put_stream(&t, r);
		put(&t, " @%#llx", addr);
		break;
	case SMMU_TRACE_L1CD:
		put(&t, "L1CD V=%llu L2Ptr=%#llx", (unsigned long long)L1CD_V(r->data),
		    (unsigned long long)L1CD_L2Ptr(r->data));
		put_stream(&t, r);
		put(&t, " @%#llx", addr);
		break;
	case SMMU_TRACE_WALK:
		put(&t, "walk S%u L%d ", r->stage, r->level);
		trace_structure(&t, r);
		put_stream(&t, r);
		put(&t, " @%#llx", addr);
		break;
	case SMMU_TRACE_TLB_HIT:
		put(&t, "TLB hit S%u %#llx -> %#llx", r->stage, addr, first);
		put_stream(&t, r);
		break;
	case SMMU_TRACE_TRANSLATE:
		put(&t, "translate %#llx -> %#llx %s", addr, first,
		    status_name(r->n_data > 1 ? r->data[1] : 0));
		put_stream(&t, r);
		break;
	case SMMU_TRACE_GERROR:
		put(&t, "GERROR %#llx", first);
		break;
	default:
		put(&t, "unknown");
	}
	return (int)t.len;
}
