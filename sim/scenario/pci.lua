-- SPDX-License-Identifier: MIT
-- Interrupt vectors, PCI functions and sysfs for scenarios: the operations of
-- dma_vectors.c, dma_pci.c and sysfs.c, and the front panel of PCIe devices.

local api = _API
local must, raise, Device, Kernel, sim = api.must, api.raise, api.Device, api.Kernel, api.sim

local LONGEST_TEXT = 4096

----------------------------------------------------------------------- sysfs ---

-- The attribute's bytes; or nil and the name of the errno.
function Kernel:sysfs(path)
	local result, bytes = self:call("sysfs.read", { buf = path .. ("\0"):rep(LONGEST_TEXT - #path) })
	if result < 0 then return nil, api.errno_name(result) end
	return bytes:sub(1, result)
end

-- Its store() function; bytes taken, or a negative errno.
function Kernel:sysfs_write(path, text)
	if type(text) ~= "string" then raise("sysfs_write: a text is wanted, not %s", tostring(text)) end
	return (self:call("sysfs.write", { buf = path .. "\0" .. text }))
end

-- The path that a link leads to; or nil and the name of the errno.
function Kernel:sysfs_link(path)
	local result, bytes = self:call("sysfs.target", { buf = path .. ("\0"):rep(LONGEST_TEXT - #path) })
	if result < 0 then return nil, api.errno_name(result) end
	return bytes:match("^[^\0]*")
end

--------------------------------------------------------------------- vectors ---

local KIND = { msi = 2, msix = 4, affinity = 8 } -- PCI_IRQ_MSI, _MSIX, _AFFINITY
local HANDLER = { plain = 0, threaded = 1, shared = 2, deaf = 3 }

-- Number of vectors that the driver got with pci_alloc_irq_vectors(); or a negative errno.
function Device:try_vectors(min, max, ...)
	local flags = 0
	for _, name in ipairs { ... } do
		flags = flags | (KIND[name] or raise("vectors: msi, msix or affinity is wanted, not %s", tostring(name)))
	end
	return (Kernel.call(nil, "irq.vectors", nil, self:number(), min, max, flags))
end

function Device:vectors(min, max, ...)
	local result = self:try_vectors(min, max, ...)
	if result < 0 then raise("irq.vectors: %s", api.errno_name(result)) end
	return result
end

local NONE = 0xffffffff

function Device:irq(vector)
	local _, out = must("irq.state", { buf = ("\0"):rep(32) }, self:number(), vector)
	local irq, cpu, count, threaded, looks, effective, masked, affinity = ("<I4I4I4I4I4I4I4I4"):unpack(out)
	return { irq = irq, cpu = cpu ~= NONE and cpu or nil, count = count, threaded = threaded, looks = looks,
		effective = effective, masked = masked == 1, affinity = affinity }
end

function Device:irq_affinity(vector, cpu) must("irq.affinity", nil, self:number(), vector, cpu) end
function Device:irq_disable(vector) must("irq.disable", nil, self:number(), vector) end
function Device:irq_enable(vector) must("irq.enable", nil, self:number(), vector) end

function Device:irq_handler(vector, kind)
	local code = HANDLER[kind] or raise("irq_handler: plain, threaded, shared or deaf is wanted, not %s", tostring(kind))
	must("irq.handler", nil, self:number(), vector, code)
end

-- The device sends interrupts as if descriptors of this vector had finished.
function Device:trigger(vector, times)
	must("irq.trigger", nil, self:number(), vector, times or 1)
end

------------------------------------------------------------------ the function ---

-- Configuration space, behind the kernel's back; size 1, 2 or 4.
function Device:config(offset, size)
	return sim.config(self.name, offset, size) or raise("config: %s is not behind PCIe", self.name)
end

-- The same through the kernel's functions.
function Device:config_read(offset, size) return (must("pci.config_read", nil, self:number(), offset, size)) end
function Device:config_write(offset, size, value)
	must("pci.config_write", nil, self:number(), offset, size, value)
end

-- Offset of a capability that the kernel finds; nil: it finds none.
function Device:capability(id)
	local at = must("pci.capability", nil, self:number(), id, 0)
	return at ~= 0 and at or nil
end
function Device:ext_capability(id)
	local at = must("pci.capability", nil, self:number(), id, 1)
	return at ~= 0 and at or nil
end

function Device:bar(n)
	local _, out = must("pci.bar", { buf = ("\0"):rep(16) }, self:number(), n)
	local start, size = ("<I8I8"):unpack(out)
	return { start = start, size = size }
end
function Device:bar_read(n, offset) return (must("pci.bar_read", nil, self:number(), n, offset)) end
function Device:bar_write(n, offset, value) must("pci.bar_write", nil, self:number(), n, offset, value) end

local POWER = { D0 = 0, D3hot = 3 }

function Device:power(state)
	must("pci.power", nil, self:number(), POWER[state] or raise("power: D0 or D3hot is wanted, not %s", tostring(state)))
end
function Device:flr() must("pci.flr", nil, self:number()) end

-- Turn page requests on, with so many outstanding at most; 0: off.
function Device:pri(outstanding) must("pci.pri", nil, self:number(), outstanding) end

local PAGE_REQUEST = api.set("addr", "ssid", "read", "write", "exec", "privileged", "last", "index")

-- 0, or a negative errno: PRI is off (EACCES), or too many requests are outstanding (EBUSY).
function Device:try_page_request(request)
	api.check_options("page_request", request, PAGE_REQUEST)
	return sim.page_request(self.name, request)
end

function Device:page_request(request)
	local result = self:try_page_request(request)
	if result < 0 then raise("page_request: %s", api.errno_name(result)) end
end

-- All answers to its page requests so far, oldest first.
function Device:page_responses() return sim.responses(self.name) end
