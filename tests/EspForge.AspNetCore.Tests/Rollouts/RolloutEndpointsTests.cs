using System.Text.Json.Nodes;
using EspForge.Ota;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Rollouts;

public sealed class RolloutEndpointsTests
{
    private static readonly object QuickGate = new { soakSeconds = 60, minimumReports = 1, maximumFailureRate = 0.05, silentAfterSeconds = 3_600 };

    [Fact]
    public async Task Twenty_devices_go_through_stages_of_1_3_6_and_10_to_the_end()
    {
        await using var host = await FleetHost.StartAsync();
        var devices = await host.DevicesAsync(20);
        var release = await host.ReleaseAsync("1.1.0");
        var rollout = await CreateAsync(host, release, start: true);
        var id = (string)rollout["id"]!;
        Assert.Equal([1, 3, 6, 10], rollout["stages"]!.AsArray().Select(stage => (int)stage!["size"]!));
        Assert.Equal(("running", 0, 4, 20), ((string)rollout["state"]!, (int)rollout["currentStage"]!, (int)rollout["stageCount"]!, (int)rollout["devices"]!));

        var updated = new List<int>();
        for (var stage = 0; stage < 4; stage++)
        {
            var count = 0;
            foreach (var device in devices)
                count += await device.UpdateAsync("1.1.0") ? 1 : 0;
            updated.Add(count);

            // The soak holds the stage; then the gate passes it, once.
            Assert.Equal(0, await host.LookAsync());
            host.Clock.Move(TimeSpan.FromMinutes(1));
            Assert.Equal(1, await host.LookAsync());
            Assert.Equal(0, await host.LookAsync());
        }

        Assert.Equal([1, 3, 6, 10], updated);
        var done = await host.GetAsync($"rollouts/{id}");
        Assert.Equal(("completed", 20, 0), ((string)done["state"]!, (int)done["confirmed"]!, (int)done["failed"]!));
        Assert.All(done["stages"]!.AsArray(), stage => Assert.Equal((int)stage!["size"]!, (int)stage["health"]!["confirmed"]!));
        Assert.Equal(
            ["rollout.complete", "rollout.advance", "rollout.advance", "rollout.advance", "rollout.start", "rollout.create"],
            done["log"]!.AsArray().Select(entry => (string)entry!["action"]!));
        Assert.All(done["log"]!.AsArray().Take(4), entry => Assert.Equal("system:rollout-worker", (string)entry!["actor"]!));
        Assert.True((bool)(await host.GetAsync("audit/verify"))["valid"]!);

        var members = (await host.GetAsync($"rollouts/{id}/members?limit=10000")).AsArray();
        Assert.Equal(20, members.Count);
        Assert.Equal(members.Select(member => (int)member!["stage"]!).Order(), members.Select(member => (int)member!["stage"]!));
        Assert.Equal(members[3]!["deviceId"]!.ToString(), (await host.GetAsync($"rollouts/{id}/members?skip=3&limit=1")).AsArray().Single()!["deviceId"]!.ToString());
    }

    [Fact]
    public async Task A_bad_release_stops_at_the_canary_and_no_other_device_gets_it()
    {
        await using var host = await FleetHost.StartAsync();
        var devices = await host.DevicesAsync(20);
        var id = (string)(await CreateAsync(host, await host.ReleaseAsync("1.1.0"), start: true))["id"]!;
        var taken = 0;
        foreach (var device in devices)
            taken += await device.UpdateAsync("1.1.0", "rolledBack", "self-test-failed") ? 1 : 0;
        Assert.Equal(1, await host.LookAsync());

        var rollout = await host.GetAsync($"rollouts/{id}");
        Assert.Equal((1, "rolledBack", 0, 1), (taken, (string)rollout["state"]!, (int)rollout["currentStage"]!, (int)rollout["failed"]!));
        Assert.Contains("1 of 1 device failed", (string)rollout["reason"]!, StringComparison.Ordinal);
        foreach (var device in devices)
            Assert.Null(await device.OfferAsync());
        var members = (await host.GetAsync($"rollouts/{id}/members")).AsArray();
        Assert.Equal((1, 19), (members.Count(m => (string)m!["state"]! == "rolledBack"), members.Count(m => (string)m!["state"]! == "cancelled")));
        Assert.Equal(20, (int)rollout["devices"]!);
    }

    [Fact]
    public async Task A_rollback_returns_the_devices_that_run_the_bad_version_by_a_higher_sequence()
    {
        await using var host = await FleetHost.StartAsync();
        var devices = await host.DevicesAsync(4);
        var good = await host.ReleaseAsync("1.0.1");
        var bad = await host.ReleaseAsync("1.1.0");
        var id = (string)(await CreateAsync(host, bad, [new { percent = 50, gate = QuickGate }, new { percent = 100, gate = QuickGate }], start: true))["id"]!;
        foreach (var device in devices)
        {
            if (await device.UpdateAsync("1.1.0"))
                await device.OfferAsync();
        }

        var rolled = await host.PostAsync($"rollouts/{id}/rollback", new { reason = "It flickers.", returnToReleaseId = (string)good["id"]! });
        Assert.Equal(("rolledBack", "It flickers."), ((string)rolled["state"]!, (string)rolled["reason"]!));
        Assert.Equal(3, (int)(await host.GetAsync($"releases/{good["id"]}"))["sequence"]!);

        var back = (await host.GetAsync("rollouts")).AsArray().Single(rollout => (string)rollout!["state"]! == "running")!;
        Assert.Equal(("1.0.1", 2, 1), ((string)back["version"]!, (int)back["devices"]!, (int)back["stageCount"]!));
        var keys = host.Services.GetRequiredService<SigningKeyRing>().Trusted;
        foreach (var device in devices)
        {
            var runsBad = device.Version == "1.1.0";
            using var answer = await device.AskAsync();
            Assert.Equal(runsBad ? 200 : 204, (int)answer.StatusCode);
            if (runsBad)
            {
                var manifest = ManifestReader.Open(await answer.Content.ReadAsByteArrayAsync(), keys).Value;
                Assert.Equal(("1.0.1", 3L), (manifest.Version, manifest.Sequence));
                Assert.True(await device.UpdateAsync("1.0.1"));
                Assert.Null(await device.OfferAsync());
            }
        }

        Assert.Equal(4, (int)(await host.ReleaseAsync("1.2.0"))["sequence"]!);
        Assert.Contains("release.reissue", (await host.GetAsync("audit")).AsArray().Select(entry => (string)entry!["action"]!));
    }

    [Fact]
    public async Task A_release_signed_before_a_later_one_is_issued_again_when_its_rollout_starts()
    {
        await using var host = await FleetHost.StartAsync();
        var devices = await host.DevicesAsync(2);
        var older = await host.ReleaseAsync("1.0.1");
        var newer = await host.ReleaseAsync("1.1.0");

        // The newest goes out as it was signed.
        object[] everyone = [new { percent = 100, gate = QuickGate }];
        await CreateAsync(host, newer, everyone, start: true);
        Assert.Equal(2, (int)(await host.GetAsync($"releases/{newer["id"]}"))["sequence"]!);
        foreach (var device in devices)
            Assert.True(await device.UpdateAsync("1.1.0"));

        var draft = await CreateAsync(host, older, everyone);
        Assert.Equal(1, (int)(await host.GetAsync($"releases/{older["id"]}"))["sequence"]!);
        await host.PostAsync($"rollouts/{draft["id"]}/start", new { });
        var kept = await host.GetAsync($"releases/{older["id"]}");
        Assert.Equal(3, (int)kept["sequence"]!);
        Assert.Equal(Lifetime(older), Lifetime(kept));
        using var answer = await devices[0].AskAsync();
        Assert.Equal(3L, ManifestReader.Open(await answer.Content.ReadAsByteArrayAsync(), host.Services.GetRequiredService<SigningKeyRing>().Trusted).Value.Sequence);

        // Starting what runs already is refused and signs nothing.
        await host.ReleaseAsync("1.2.0");
        Assert.Equal(409, (await host.RefusalAsync(HttpMethod.Post, $"rollouts/{draft["id"]}/start", new { })).Item1);
        Assert.Equal(3, (int)(await host.GetAsync($"releases/{older["id"]}"))["sequence"]!);

        static TimeSpan Lifetime(JsonNode release) => (DateTimeOffset)release["expiresAt"]! - (DateTimeOffset)release["issuedAt"]!;
    }

    [Fact]
    public async Task A_return_is_refused_before_anything_changes()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DevicesAsync(2);
        var release = await host.ReleaseAsync("1.1.0");
        var theirs = await host.ReleaseAsync("1.0.0", Person.Stranger);
        var s3 = await host.UploadAsync(FleetHost.ImageBytes("1.0.0", chip: "esp32s3"));
        var other = await host.PostAsync("releases", new { imageSha256 = (string)s3["sha256"]!, product = "lamp" });
        var id = (string)(await CreateAsync(host, release, start: true))["id"]!;

        Assert.Equal((404, "RELEASE_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Post, $"rollouts/{id}/rollback", new { returnToReleaseId = Guid.NewGuid() }));
        Assert.Equal((404, "RELEASE_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Post, $"rollouts/{id}/rollback", new { returnToReleaseId = (string)theirs["id"]! }));
        Assert.Equal((400, "ROLLOUT_INVALID", null), await host.RefusalAsync(HttpMethod.Post, $"rollouts/{id}/rollback", new { returnToReleaseId = (string)release["id"]! }));
        Assert.Equal((400, "ROLLOUT_INVALID", null), await host.RefusalAsync(HttpMethod.Post, $"rollouts/{id}/rollback", new { returnToReleaseId = (string)other["id"]! }));
        Assert.Equal("running", (string)(await host.GetAsync($"rollouts/{id}"))["state"]!);

        // Nobody runs it yet: it stops, and there is nobody to return.
        var rolled = await host.PostAsync($"rollouts/{id}/rollback", new { returnToReleaseId = (string)(await host.ReleaseAsync("1.0.0"))["id"]! });
        Assert.Equal("rolledBack", (string)rolled["state"]!);
        Assert.Single((await host.GetAsync("rollouts")).AsArray());
    }

    [Fact]
    public async Task A_draft_is_started_paused_resumed_and_cancelled_and_nothing_else()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-1");
        var id = (string)(await CreateAsync(host, await host.ReleaseAsync("1.1.0"), start: false))["id"]!;
        Assert.Null(await device.OfferAsync());
        await RefusedAsync("pause", "resume", "rollback");

        Assert.Equal("running", (string)(await host.PostAsync($"rollouts/{id}/start"))["state"]!);
        await RefusedAsync("start", "resume");
        var paused = await host.PostAsync($"rollouts/{id}/pause", new { reason = "Lunch." });
        Assert.Equal(("paused", "Lunch."), ((string)paused["state"]!, (string)paused["reason"]!));
        Assert.Null(await device.OfferAsync());
        await RefusedAsync("start", "pause");

        // The body may be left out.
        Assert.Equal("running", (string)(await host.DataAsync(HttpMethod.Post, $"rollouts/{id}/resume"))["state"]!);
        Assert.NotNull(await device.OfferAsync());
        Assert.Equal("cancelled", (string)(await host.PostAsync($"rollouts/{id}/cancel"))["state"]!);
        Assert.Null(await device.OfferAsync());
        await RefusedAsync("start", "pause", "resume", "cancel", "rollback");

        async Task RefusedAsync(params string[] verbs)
        {
            foreach (var verb in verbs)
                Assert.Equal((409, "ROLLOUT_STATE", null), await host.RefusalAsync(HttpMethod.Post, $"rollouts/{id}/{verb}", new { }));
        }
    }

    [Fact]
    public async Task A_preview_counts_and_changes_nothing()
    {
        await using var host = await FleetHost.StartAsync();
        var release = await host.ReleaseAsync("1.1.0");
        var empty = await host.PostAsync("rollouts/preview", new { releaseId = (string)release["id"]! });
        Assert.Equal(0, (int)empty["devices"]!);
        Assert.Equal((409, "COHORT_EMPTY", null), await host.RefusalAsync(HttpMethod.Post, "rollouts", new { releaseId = (string)release["id"]! }));

        await host.DevicesAsync(20);
        var preview = await host.PostAsync("rollouts/preview", new { releaseId = (string)release["id"]! });
        Assert.Equal(20, (int)preview["devices"]!);
        Assert.Equal([(5, 1, 1), (20, 3, 4), (50, 6, 10), (100, 10, 20)], preview["stages"]!.AsArray().Select(stage => ((int)stage!["percent"]!, (int)stage["size"]!, (int)stage["cumulative"]!)));
        Assert.Empty((await host.GetAsync("rollouts")).AsArray());
        Assert.Equal(0, (int)(await host.PostAsync("rollouts/preview", new { releaseId = (string)release["id"]!, filter = new { group = "attic" } }))["devices"]!);
    }

    [Fact]
    public async Task Bad_input_names_the_field_and_changes_nothing()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DevicesAsync(2);
        var id = (string)(await host.ReleaseAsync("1.1.0"))["id"]!;
        (object Body, int Status, string Code, string? Field)[] table =
        [
            (new { }, 400, "VALIDATION_ERROR", ""),
            (new { releaseId = "x" }, 400, "VALIDATION_ERROR", "releaseId"),
            (new { releaseId = Guid.NewGuid() }, 404, "RELEASE_NOT_FOUND", null),
            (new { releaseId = id, name = "" }, 400, "VALIDATION_ERROR", "name"),
            (new { releaseId = id, name = new string('n', 81) }, 400, "VALIDATION_ERROR", "name"),
            (new { releaseId = id, speed = 1 }, 400, "VALIDATION_ERROR", "speed"),
            (new { releaseId = id, stages = Array.Empty<object>() }, 400, "ROLLOUT_INVALID", "stages"),
            (new { releaseId = id, stages = Enumerable.Range(1, 21).Select(percent => new { percent }) }, 400, "ROLLOUT_INVALID", "stages"),
            (new { releaseId = id, stages = new object?[] { null } }, 400, "ROLLOUT_INVALID", "stages[0]"),
            (new { releaseId = id, stages = new[] { new { percent = 0 } } }, 400, "ROLLOUT_INVALID", "stages[0].percent"),
            (new { releaseId = id, stages = new[] { new { percent = 50 } } }, 400, "ROLLOUT_INVALID", "stages[0].percent"),
            (new { releaseId = id, stages = new[] { new { percent = 50 }, new { percent = 50 } } }, 400, "ROLLOUT_INVALID", "stages[1].percent"),
            (new { releaseId = id, stages = new[] { new { percent = 101 } } }, 400, "ROLLOUT_INVALID", "stages[0].percent"),
            (new { releaseId = id, stages = new[] { new { percent = 5.5 } } }, 400, "VALIDATION_ERROR", "stages[0].percent"),
            (Gate(new { soakSeconds = -1 }), 400, "ROLLOUT_INVALID", "stages[0].gate.soakSeconds"),
            (Gate(new { soakSeconds = 1e300 }), 400, "ROLLOUT_INVALID", "stages[0].gate.soakSeconds"),
            (Gate(new { minimumReports = 0 }), 400, "ROLLOUT_INVALID", "stages[0].gate.minimumReports"),
            (Gate(new { maximumFailureRate = 1.1 }), 400, "ROLLOUT_INVALID", "stages[0].gate.maximumFailureRate"),
            (Gate(new { confidence = 0.4 }), 400, "ROLLOUT_INVALID", "stages[0].gate.confidence"),
            (Gate(new { silentAfterSeconds = 9 }), 400, "ROLLOUT_INVALID", "stages[0].gate.silentAfterSeconds"),
            (Gate(new { maximumSilentShare = -0.1 }), 400, "ROLLOUT_INVALID", "stages[0].gate.maximumSilentShare"),
            (Gate(new { patience = 1 }), 400, "VALIDATION_ERROR", "patience"),
            (new { releaseId = id, filter = new { tags = new[] { "UPPER" } } }, 400, "VALIDATION_ERROR", "filter.tags"),
            (new { releaseId = id, filter = new { group = new string('g', 65) } }, 400, "VALIDATION_ERROR", "filter.group"),
            (new { releaseId = id, filter = new { board = "no board" } }, 400, "VALIDATION_ERROR", "filter.board"),
            (new { releaseId = id, filter = new { currentVersion = new string('1', 32) } }, 400, "VALIDATION_ERROR", "filter.currentVersion"),
            (new { releaseId = id, filter = new { group = "attic" } }, 409, "COHORT_EMPTY", null),
        ];
        foreach (var (body, status, code, field) in table)
        {
            var refusal = await host.RefusalAsync(HttpMethod.Post, "rollouts", body);
            Assert.True((status, code) == (refusal.Status, refusal.Code) && (field is null ? refusal.Field is null : refusal.Field?.EndsWith(field, StringComparison.Ordinal) is true), $"{System.Text.Json.JsonSerializer.Serialize(body)} → {refusal}");
        }

        Assert.Empty((await host.GetAsync("rollouts")).AsArray());
        Assert.Empty((await host.GetAsync("audit?action=rollout.create")).AsArray());

        object Gate(object gate) => new { releaseId = id, stages = new[] { new { percent = 100, gate } } };
    }

    [Fact]
    public async Task Another_organizations_rollout_is_not_found_and_a_viewer_only_looks()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DevicesAsync(2);
        var release = await host.ReleaseAsync("1.1.0");
        var id = (string)(await CreateAsync(host, release, start: true))["id"]!;
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, $"rollouts/{id}"), (HttpMethod.Get, $"rollouts/{id}/members"), (HttpMethod.Post, $"rollouts/{id}/start"), (HttpMethod.Post, $"rollouts/{id}/pause"),
            (HttpMethod.Post, $"rollouts/{id}/resume"), (HttpMethod.Post, $"rollouts/{id}/cancel"), (HttpMethod.Post, $"rollouts/{id}/rollback"),
        })
        {
            Assert.Equal((404, "ROLLOUT_NOT_FOUND", null), await host.RefusalAsync(method, path, method == HttpMethod.Post ? new { } : null, Person.Stranger));
            if (method == HttpMethod.Post)
                Assert.Equal((403, "FORBIDDEN", null), await host.RefusalAsync(method, path, new { }, Person.Viewer));
        }

        Assert.Equal((404, "RELEASE_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Post, "rollouts", new { releaseId = (string)release["id"]! }, Person.Stranger));
        Assert.Equal((403, "FORBIDDEN", null), await host.RefusalAsync(HttpMethod.Post, "rollouts", new { releaseId = (string)release["id"]! }, Person.Viewer));
        Assert.Equal("running", (string)(await host.GetAsync($"rollouts/{id}", Person.Viewer))["state"]!);
        Assert.Empty((await host.GetAsync("rollouts", Person.Stranger)).AsArray());
        Assert.Equal((400, "VALIDATION_ERROR", "limit"), await host.RefusalAsync(HttpMethod.Get, $"rollouts/{id}/members?limit=10001"));
        Assert.Equal((400, "VALIDATION_ERROR", "skip"), await host.RefusalAsync(HttpMethod.Get, $"rollouts/{id}/members?skip=-1"));
        Assert.Equal((400, "VALIDATION_ERROR", "reason"), await host.RefusalAsync(HttpMethod.Post, $"rollouts/{id}/pause", new { reason = new string('r', 501) }));
    }

    [Fact]
    public async Task A_change_is_told_to_open_pages()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-1");
        var release = await host.ReleaseAsync("1.1.0");
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var changes = host.Services.GetRequiredService<EspForgeEvents>().Subscribe("acme", end.Token).GetAsyncEnumerator(end.Token);
        var id = (string)(await CreateAsync(host, release, start: true))["id"]!;
        await device.UpdateAsync("1.1.0");

        var told = new HashSet<(string, string)>();
        while (!told.IsSupersetOf([("rollout", id), ("device", "lamp-1")]) && await changes.MoveNextAsync())
            told.Add((changes.Current.Kind, changes.Current.Id));
        Assert.Superset(new HashSet<(string, string)> { ("rollout", id), ("device", "lamp-1") }, told);
    }

    [Fact]
    public async Task A_forgotten_device_is_not_waited_for_and_joins_again_as_a_late_one()
    {
        await using var host = await FleetHost.StartAsync();
        var devices = await host.DevicesAsync(2);
        var id = (string)(await CreateAsync(host, await host.ReleaseAsync("1.1.0"), [new { percent = 100, gate = QuickGate }], start: true))["id"]!;
        Assert.True(await devices[0].UpdateAsync("1.1.0"));
        Assert.NotNull(await devices[1].OfferAsync());
        using (await host.SendAsync(HttpMethod.Delete, "/api/v1/devices/lamp-001", Person.Admin))
            Assert.Equal(1, (int)(await host.GetAsync($"rollouts/{id}"))["stages"]![0]!["health"]!["size"]!);

        var again = await host.DeviceAsync("lamp-001");
        Assert.NotNull(await again.OfferAsync());
        Assert.Equal(2, (int)(await host.GetAsync($"rollouts/{id}"))["stages"]![0]!["health"]!["size"]!);
    }

    private static Task<JsonNode> CreateAsync(FleetHost host, JsonNode release, object[]? stages = null, bool start = false) => host.PostAsync(
        "rollouts",
        new { releaseId = (string)release["id"]!, stages = stages ?? [.. ((int[])[5, 20, 50, 100]).Select(percent => (object)new { percent, gate = QuickGate })], start });
}
