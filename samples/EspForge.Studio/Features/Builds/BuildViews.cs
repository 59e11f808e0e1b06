using System.Text.Json;
using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.Ota;

namespace EspForge.Studio.Builds;

/// <summary>A build as the API shows it.</summary>
/// <param name="Id">Id.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="ProjectName">The project's name when it was built.</param>
/// <param name="Product">The product.</param>
/// <param name="Version">The image's version.</param>
/// <param name="Toolchain">What builds it: host, platformio or esp-idf.</param>
/// <param name="Environment">The environment of platformio.ini, where one was named.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Position">While it waits: how many builds begin up to and with it, 1 = next.</param>
/// <param name="Sandbox">The sandbox it ran in.</param>
/// <param name="QueuedAt">When it was asked for.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="DurationMs">From beginning to end, in milliseconds.</param>
/// <param name="FromCache">Whether an earlier build of the same inputs gave the image; messages, memory and parts are that build's.</param>
/// <param name="Messages">What the compiler said about places in the sources.</param>
/// <param name="Warnings">How many of the messages are warnings.</param>
/// <param name="Image">The image it made.</param>
/// <param name="Memory">What the image takes of the board's memory, where the toolchain says so.</param>
/// <param name="Previous">The project's image before this one.</param>
/// <param name="FlashParts">What is written to the board by cable; GET builds/{id}/parts/{name} has the bytes.</param>
/// <param name="AcceptedErrors">Why it was built although the pin plan has errors.</param>
/// <param name="Error">Why there is no image.</param>
/// <param name="CreatedBy">Who asked for it, as an audit actor.</param>
public sealed record BuildView(
    Guid Id, Guid ProjectId, string ProjectName, string Product, string Version, string Toolchain, string? Environment, BuildState State, int? Position, string? Sandbox,
    DateTimeOffset QueuedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long? DurationMs, bool FromCache, IReadOnlyList<BuildMessageView> Messages, int Warnings,
    ImageView? Image, BuildMemoryView? Memory, PreviousBuildView? Previous, IReadOnlyList<BuildPartView> FlashParts, string? AcceptedErrors, BuildErrorView? Error, string CreatedBy)
{
    internal static BuildView Of(BuildRow row, Image? image, int? position) => new(
        row.Id, row.ProjectId, row.ProjectName, row.Product, row.Version, row.Toolchain, row.Environment, row.State, row.State == BuildState.Queued ? position : null, row.Sandbox,
        row.QueuedAt, row.StartedAt, row.FinishedAt, row is { StartedAt: { } from, FinishedAt: { } to } ? (long)(to - from).TotalMilliseconds : null, row.FromCache,
        Read<List<BuildMessageView>>(row.Messages) ?? [], row.Warnings, image is null ? null : ImageView.Of(image), Read<BuildMemoryView>(row.Memory), Read<PreviousBuildView>(row.Previous),
        Read<List<BuildPartView>>(row.Parts) ?? [], row.AcceptedErrors,
        row.ErrorCode is null ? null : new BuildErrorView(row.ErrorCode.ToUpperInvariant().Replace('-', '_'), row.ErrorMessage ?? ""),
        row.CreatedBy);

    private static T? Read<T>(string? kept)
        where T : class => kept is null ? null : JsonSerializer.Deserialize<T>(kept, ApiJson.Options);
}

/// <summary>What the compiler said about a place.</summary>
/// <param name="File">Path inside the project, or <see langword="null"/>.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">What it said.</param>
public sealed record BuildMessageView(string? File, int? Line, int? Column, BuildSeverity Severity, string Text);

/// <summary>What an image takes of the board's memory, in bytes; null where the toolchain does not say.</summary>
/// <param name="RamUsedBytes">Static RAM used.</param>
/// <param name="RamTotalBytes">RAM of the board.</param>
/// <param name="FlashUsedBytes">Flash the program takes.</param>
/// <param name="FlashTotalBytes">Flash there is for a program.</param>
/// <param name="SlotBytes">The smallest slot an update must fit.</param>
public sealed record BuildMemoryView(long? RamUsedBytes, long? RamTotalBytes, long? FlashUsedBytes, long? FlashTotalBytes, long? SlotBytes)
{
    internal static BuildMemoryView Of(BuildMemory memory) => new(memory.RamUsedBytes, memory.RamTotalBytes, memory.FlashUsedBytes, memory.FlashTotalBytes, memory.SlotBytes);
}

/// <summary>The image before this one.</summary>
/// <param name="BuildId">Its build.</param>
/// <param name="Version">Its version.</param>
/// <param name="SizeBytes">Its size.</param>
public sealed record PreviousBuildView(Guid BuildId, string Version, long SizeBytes);

/// <summary>Something that is written to a board by cable.</summary>
/// <param name="Name">firmware, bootloader, partitions, boot_app0, …</param>
/// <param name="OffsetBytes">Where in flash it goes.</param>
/// <param name="SizeBytes">How long it is.</param>
/// <param name="Sha256">Hash of its bytes.</param>
public sealed record BuildPartView(string Name, long OffsetBytes, long SizeBytes, string Sha256);

/// <summary>Why a build made no image.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Message">A sentence.</param>
public sealed record BuildErrorView(string Code, string Message);
