using System.Text.Json;
using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.EntityFrameworkCore;
using EspForge.Ota;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Builds;

/// <summary>Keeps what became of a build: its image and flash parts, and what there is to tell.</summary>
internal sealed class BuildEnding(StudioDbContext db, ImageIntake images, FlashParts parts, FlashPartsRetention retention, EspForgeEvents events, TimeProvider time)
{
    public async Task KeepAsync(BuildRow row, BuildOutcome outcome)
    {
        // What a tool made is kept even if the host stops meanwhile.
        var cancel = CancellationToken.None;
        Image? image = null;
        List<BuildPartView> kept = [];
        if (outcome.Image is { } built)
        {
            await using var content = built.OpenRead();
            if ((await images.TakeAsync(row.Organization, content, FileName(row, built), row.Id, row.CreatedBy, cancel)).TryGet(out image, out var fault))
                events.Publish("image", row.Organization, image.Info.Sha256);
            else
                outcome = outcome with { Image = null, Fault = fault };
        }

        using var held = outcome is { IsSuccess: true, FlashParts.Count: > 0 } ? await parts.HoldAsync(cancel) : null;
        if (outcome.IsSuccess)
        {
            try
            {
                foreach (var part in outcome.FlashParts.Take(FlashParts.MaxParts))
                    kept.Add(await parts.SaveAsync(part, cancel));
            }
            catch (IOException problem)
            {
                outcome = outcome with { Image = null, Fault = new Fault("image-not-kept", $"What is flashed by cable could not be kept: {problem.Message}") };
            }
        }

        await WriteAsync(row, outcome, outcome.IsSuccess ? image : null, kept, cancel);
        if (held is not null)
            retention.Wake();
        events.PublishAudited("build", row.Organization, row.Id.ToString("D"));
    }

    private static string FileName(BuildRow row, BuiltImage built) => $"{row.Product}-{row.Version}.{(built.Format is "host" ? "efi" : "bin")}";

    private Task WriteAsync(BuildRow row, BuildOutcome outcome, Image? image, List<BuildPartView> kept, CancellationToken cancel)
    {
        var state = outcome.IsSuccess ? BuildState.Succeeded : outcome.Fault?.Code is "build-cancelled" ? BuildState.Cancelled : BuildState.Failed;
        var messages = JsonSerializer.Serialize(
            outcome.Messages.Select(message => new BuildMessageView(message.File, message.Line, message.Column, message.Severity, message.Text)), ApiJson.Options);
        return db.InTransactionAsync(async () =>
        {
            var now = time.GetUtcNow();
            var found = await db.Builds.SingleOrDefaultAsync(one => one.Id == row.Id, cancel);
            if (found is null || found.State is not (BuildState.Queued or BuildState.Running))
                return;
            found.State = state;
            found.Sandbox = outcome.Sandbox.Length == 0 ? null : outcome.Sandbox;
            found.FinishedAt = now;
            found.Messages = messages;
            found.Warnings = outcome.Messages.Count(message => message.Severity == BuildSeverity.Warning);
            found.FromCache = outcome.FromCache;
            found.ImageSha256 = image?.Info.Sha256;
            found.ImageSizeBytes = image?.Info.SizeBytes;
            found.Memory = outcome.Memory is null ? null : JsonSerializer.Serialize(BuildMemoryView.Of(outcome.Memory), ApiJson.Options);
            found.Parts = kept.Count == 0 ? null : JsonSerializer.Serialize(kept, ApiJson.Options);
            found.Previous = image is null ? null : await PreviousAsync(found, cancel);
            found.ErrorCode = state == BuildState.Failed ? outcome.Fault?.Code : null;
            found.ErrorMessage = state == BuildState.Failed ? outcome.Fault?.Message : null;
            await AuditChain.AppendAsync(
                db, row.Organization,
                new AuditDraft("system:builds", $"build.{state.ToString().ToLowerInvariant()}", $"build:{row.Id:D}", found.ErrorMessage ?? $"{row.Product} {row.Version}{(outcome.FromCache ? ", from the cache" : "")}"),
                now, cancel);
        }, cancel);
    }

    /// <summary>The last image of the project for the same toolchain and environment: what a size is compared with.</summary>
    private async Task<string?> PreviousAsync(BuildRow row, CancellationToken cancel)
    {
        var last = await db.Builds.AsNoTracking()
            .Where(one => one.ProjectId == row.ProjectId && one.Organization == row.Organization && one.Id != row.Id && one.State == BuildState.Succeeded && one.ImageSizeBytes != null
                && one.Toolchain == row.Toolchain && one.Environment == row.Environment && one.QueuedAt <= row.QueuedAt)
            .OrderByDescending(one => one.QueuedAt).ThenByDescending(one => one.Id).Select(one => new { one.Id, one.Version, one.ImageSizeBytes }).FirstOrDefaultAsync(cancel);
        return last is null ? null : JsonSerializer.Serialize(new PreviousBuildView(last.Id, last.Version, last.ImageSizeBytes!.Value), ApiJson.Options);
    }
}
