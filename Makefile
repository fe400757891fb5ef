# `make` prints what there is. Every target that needs dependencies installs them first.

# Node 24 comes from npm; npm itself runs under the machine's own Node, since `npm ci` replaces node_modules.
HOST_PATH := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
deps := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(deps): package.json package-lock.json
	@echo "Installing 310 packages with npm, among them Node 24, a Postgres and a browser: half a minute, up to three without npm's cache."
	@start=$$(date +%s); PATH="$(HOST_PATH)" npm ci && echo "Installed in $$(($$(date +%s) - start)) s."
	@touch $(deps)

# A variable as one word of the shell, whatever stands in it: quotes, dollars.
quoted = '$(subst ','\'',$(value $(1)))'

.PHONY: dev demo generate messages check test
dev: $(deps) ## Everything locally, with a console at http://127.0.0.1:4002
	@node scripts/dev.ts

demo: $(deps) ## One whole story end to end, with a timeline
	@node scripts/demo.ts

generate: $(deps) ## Compile openapi/*.yaml into generated/
	@node scripts/generate.ts

messages: $(deps) ## Write docs/messages.md: everything the bot writes, as a member reads it
	@node scripts/messages.ts

check: $(deps) ## The static gates: what CI runs first
	@node scripts/check.ts

test: $(deps) ## All tests
	@vitest run

.PHONY: faults rolling gameday bench bench-check growth
faults: $(deps) ## Kill, stop and cut everything with real processes [ONLY=<word of a scenario>] [LONG=1]
	@node scripts/faults.ts $(if $(ONLY),$(call quoted,ONLY))

rolling: $(deps) ## Replace each service twenty times under load, and rotate the secret [ONLY=word]
	@node scripts/rolling.ts $(if $(ONLY),$(call quoted,ONLY))

gameday: $(deps) ## Twelve incidents: what shows each, after how long, and whether its cure ends it [ONLY=word]
	@node scripts/gameday.ts $(if $(ONLY),$(call quoted,ONLY))

bench: $(deps) ## Measure everything against the alternatives [ONLY=workload]
	@node bench/bench.ts $(if $(ONLY),$(call quoted,ONLY))

bench-check: $(deps) ## The ratios that must not get worse, on a noisy machine too
	@node bench/bench.ts --check

growth: $(deps) ## Measure the cost of each unit of work as everything grows a hundredfold
	@node bench/growth.ts

.PHONY: start-bot start-backend migrate secret
start-bot: $(deps) ## The bot alone, from environment variables and .env
	@exec node scripts/run.ts bot/main.ts

start-backend: $(deps) ## The backend alone, from environment variables and .env; on a Postgres in .data/ without DATABASE_URL
	@exec node scripts/run.ts backend/main.ts

migrate: $(deps) ## Bring the database of DATABASE_URL, or the one in .data/, up to date
	@node scripts/run.ts backend/operator/commands/migrate.ts

secret: $(deps) ## Print a good INTERNAL_API_SECRET
	@node scripts/secret.ts

.PHONY: doctor
doctor: $(deps) ## Find the faults of this environment's set-up, each with its cure
	@node scripts/doctor.ts

# Operator commands. Only what stands on the command line counts: USER is in every shell's environment too. DRY=1 reaches
# them by the environment, to which make adds its command line.
given = $(if $(findstring command line,$(origin $(1))),$(value $(1)))
option = $(if $(call given,$(1)),--$(2)=$(call quoted,$(1)))
flag = $(if $(filter 1 true yes,$(call given,$(1))),--$(2))
# Stops before anything starts unless one of the variables is given.
needs = $(if $(strip $(foreach name,$(1),$(call given,$(name)))),,$(error make $@ needs $(2)))
user := USER=<Discord id, cus_…, e-mail or user id>

.PHONY: trace parked redrive drop sync reconcile import audit grant revoke grants
trace: $(deps) ## Show what happened to a user: USER=<Discord id, cus_…, e-mail or user id>
	@$(call needs,USER,$(user))node scripts/run.ts backend/operator/commands/trace.ts $(call option,USER,user)

parked: $(deps) ## List what waits for an operator, why, and the cure [ACKNOWLEDGE=<refund, dispute, customer or delivery-n>] [DRY=1]
	@node scripts/run.ts backend/operator/commands/parked.ts $(call option,ACKNOWLEDGE,acknowledge)

redrive: $(deps) ## Send parked deliveries again: ID=, USER= or ALL=1 [FORCE=1] [DRY=1]
	@$(call needs,ID USER ALL,ID=<delivery> or $(user) or ALL=1)node scripts/run.ts backend/operator/commands/redrive.ts $(call option,ID,id) $(call option,USER,user) $(call flag,ALL,all) $(call flag,FORCE,force)

drop: $(deps) ## Discard the messages from before a moment that were not sent: BEFORE= [DRY=1]
	@$(call needs,BEFORE,BEFORE=2026-11-28T10:00:00Z)node scripts/run.ts backend/operator/commands/drop.ts $(call option,BEFORE,before)

sync: $(deps) ## Ask Stripe about a user now: USER= [DISCORD_ID= to link a customer, FORCE=1 to take it from another user] [DRY=1]
	@$(call needs,USER,$(user))node scripts/run.ts backend/operator/commands/sync.ts $(call option,USER,user) $(call option,DISCORD_ID,discord-id) $(call flag,FORCE,force)

reconcile: $(deps) ## Compare with Stripe and sync what differs [DRY=1] [FORCE=1]
	@node scripts/run.ts backend/operator/commands/reconcile.ts $(call flag,FORCE,force)

audit: $(deps) ## List who holds a plan's role without a plan [SWEEP=1 to remove the roles] [FORCE=1] [DRY=1]
	@node scripts/run.ts backend/operator/commands/audit.ts $(call flag,SWEEP,sweep) $(call flag,FORCE,force)

grant: $(deps) ## Give a plan without a subscription: USER=<Discord id> PLAN= UNTIL=<2027-01-31> REASON= [AUTHOR=] [DRY=1]
	@$(call needs,PLAN,USER=<Discord id> PLAN=<plan> UNTIL=<2027-01-31> REASON=<why>)node scripts/run.ts backend/operator/commands/grant.ts $(call option,USER,user) $(call option,PLAN,plan) $(call option,UNTIL,until) $(call option,REASON,reason) $(call option,AUTHOR,author)

revoke: $(deps) ## End the grants of a user now: USER= [DRY=1]
	@$(call needs,USER,$(user))node scripts/run.ts backend/operator/commands/revoke.ts $(call option,USER,user)

grants: $(deps) ## The grants that have not ended
	@node scripts/run.ts backend/operator/commands/grants.ts

import: $(deps) ## Adopt the Stripe account, without messages [DRY=1] [FORCE=1]
	@node scripts/run.ts backend/operator/commands/import.ts $(call flag,FORCE,force)

# The promise of the contract, proved at length; samples of fuzz and drift run in `make test`.
.PHONY: fuzz drift mutate breaking release-contract
fuzz: $(deps) ## Requests derived from the documents, to the real services: [N=100000] [SEED=]
	@node scripts/fuzz.ts $(call option,N,requests) $(call option,SEED,seed)

drift: $(deps) ## Mutate documents and code: a gate catches each change, or the services follow it [SEED=] [ONLY=word]
	@node scripts/drift.ts $(call option,SEED,seed) $(call option,ONLY,only)

mutate: $(deps) ## Change one line of billing or delivery at a time: does a test notice? [N=150] [MINUTES=] [SEED=] [ONLY=path or operator]
	@node scripts/mutate.ts $(call option,N,count) $(call option,MINUTES,minutes) $(call option,SEED,seed) $(call option,ONLY,only)

breaking: $(deps) ## List the changes of openapi/ that break peers of a released version
	@node scripts/breaking.ts

release-contract: $(deps) ## Record the documents as released under their versions
	@node scripts/breaking.ts --release
