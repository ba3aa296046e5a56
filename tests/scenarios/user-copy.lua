-- SPDX-License-Identifier: MIT
-- Copies from and to a process's memory: what lies behind its end is a fault that the
-- kernel's exception table mends. The copy says how many bytes it did not do.

machine { dts = "virt-pcie", cpus = 2, ram = "64M" }
local k = kernel { { "6.12", "5.10", "7" } }

local FROM, TO = 0, 1

case("copies that end where the memory does", function()
	for _, n in ipairs { 1, 7, 8, 64, 100, 256 } do
		local bytes = ("abcdefg"):rep(40):sub(1, n)
		local left, out = k:call("services.user_copy", { buf = bytes }, n, FROM)
		expect.equal(left, 0)
		expect.equal(out, bytes)
		left, out = k:call("services.user_copy", { buf = bytes }, n, TO)
		expect.equal(left, 0)
		expect.equal(out, ("\xee"):rep(n))
	end
end)

case("copies that go on behind it", function()
	for _, n in ipairs { 8, 64, 128 } do
		for _, more in ipairs { 1, 8, 40, 128 } do
			local left, out = k:call("services.user_copy", { buf = ("x"):rep(n) }, n + more, FROM)
			expect.equal(left, more, ("%d of %d bytes"):format(n, n + more))
			expect.equal(out, ("x"):rep(n))
			expect.equal(k:call("services.user_copy", { buf = ("x"):rep(n) }, n + more, TO), more)
		end
	end
end)

case("a copy from nowhere", function()
	for _, n in ipairs { 1, 8, 100 } do expect.equal(k:call("services.user_null", nil, n), n) end
end)
