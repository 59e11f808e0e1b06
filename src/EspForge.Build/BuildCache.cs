using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EspForge.Build;

/// <summary>
/// Outcomes of builds by the hash of their inputs, in <c>results</c> under <see cref="BuildOptions.CacheDirectory"/>: one file each, which appears whole or not at
/// all and carries its own hash; a damaged one is none. Only successes are kept. What was not used for longest goes first.
/// </summary>
public sealed partial class BuildCache
{
    private const int HashBytes = 32;
    private const int FormatVersion = 1;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly BuildOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _trimming = new();

    /// <summary>A cache in <see cref="BuildOptions.CacheDirectory"/>.</summary>
    public BuildCache(IOptions<BuildOptions> options, TimeProvider? time = null, ILogger<BuildCache>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value.Checked();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<BuildCache>.Instance;
    }

    private string Root => Path.Combine(_options.CacheDirectory, "results");

    /// <summary>SHA-256 over everything that decides the outcome of a request: the toolchain's identity, the request with its files, and how it is built.</summary>
    public static string KeyOf(BuildRequest request, ToolchainStatus toolchain)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(toolchain);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, string.Create(CultureInfo.InvariantCulture, $"espforge-build/{FormatVersion}"));
        foreach (var text in new[] { typeof(BuildCache).Assembly.ManifestModule.ModuleVersionId.ToString(), FirmwareSources.Hash, toolchain.Name, toolchain.Identity, toolchain.Architecture })
            Add(hash, text);
        foreach (var text in new[] { request.ProjectName, request.Version, request.Chip, request.Environment ?? "", request.FetchDependencies ? "fetch" : "", BuildDates.EpochOf(request) })
            Add(hash, text);
        foreach (var (kind, files) in new[] { ("files", request.Files), ("generated", request.GeneratedFiles) })
        {
            Add(hash, string.Create(CultureInfo.InvariantCulture, $"{kind}:{files.Count}"));
            foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
            {
                Add(hash, file.Path);
                Add(hash, file.Content.Span);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The outcome kept under a key, marked as from the cache, or <see langword="null"/>.</summary>
    public async Task<BuildOutcome?> FindAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = PathOf(key);
        try
        {
            if (!File.Exists(path))
                return null;
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            if (Read(bytes, key) is { } outcome)
            {
                File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
                return outcome;
            }

            Log.Damaged(_logger, key);
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Unreadable(_logger, e.Message);
        }

        return null;
    }

    /// <summary>Keeps a success under a key. A cache that cannot be written to is no failure of the build: it is logged.</summary>
    public async Task StoreAsync(string key, BuildOutcome outcome, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var path = PathOf(key);
        if (!outcome.IsSuccess || _options.MaxCacheBytes == 0)
            return;
        try
        {
            if (JobDirectory.MakePrivate(_options.CacheDirectory) is { } fault)
            {
                Log.Unwritable(_logger, fault.Message);
                return;
            }

            PrivateFiles.CreateDirectory(Root);
            var bytes = Write(outcome with { CacheKey = key });
            if (bytes.Length > _options.MaxCacheBytes)
                return;
            var temporary = Path.Combine(Root, $"{key}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}.tmp");
            try
            {
                await File.WriteAllBytesAsync(temporary, bytes, cancellationToken);
                File.Move(temporary, path, overwrite: true);
                File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
            }
            finally
            {
                File.Delete(temporary);
            }

            Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Unwritable(_logger, e.Message);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_trimming)
        {
            if (Directory.Exists(Root))
                Directory.Delete(Root, recursive: true);
        }
    }

    private string PathOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length != 64 || key.AsSpan().ContainsAnyExcept(HexDigits))
            throw new ArgumentException("A key is 64 lower-case hex digits.", nameof(key));
        return Path.Combine(Root, key);
    }

    private void Trim()
    {
        lock (_trimming)
        {
            var files = new DirectoryInfo(Root).GetFiles();
            var total = files.Sum(file => file.Length);
            foreach (var file in files.OrderBy(file => file.LastWriteTimeUtc))
            {
                if (total <= _options.MaxCacheBytes)
                    break;
                total -= file.Length;
                file.Delete();
            }
        }
    }

    // SHA-256 of all that follows; the length of a JSON text and the text; the image; the parts.
    private static byte[] Write(BuildOutcome outcome)
    {
        var image = outcome.Image!;
        var text = JsonSerializer.SerializeToUtf8Bytes(new Entry(
            outcome.CacheKey!, outcome.Toolchain, outcome.Sandbox, outcome.IsIsolated, outcome.Memory, outcome.Messages,
            new EntryImage(image.Sha256, image.Format, image.ProjectName, image.Version, image.Chip, image.AgentVersion, image.Content.Length),
            [.. outcome.FlashParts.Select(part => new EntryPart(part.Name, part.OffsetBytes, part.Content.Length))]), Json);
        using var stream = new MemoryStream();
        stream.Write(new byte[HashBytes]);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        stream.Write(length);
        stream.Write(text);
        stream.Write(image.Content.Span);
        foreach (var part in outcome.FlashParts)
            stream.Write(part.Content.Span);
        var bytes = stream.ToArray();
        SHA256.HashData(bytes.AsSpan(HashBytes), bytes.AsSpan(0, HashBytes));
        return bytes;
    }

    private static BuildOutcome? Read(byte[] bytes, string key)
    {
        if (bytes.Length < HashBytes + 4 || !SHA256.HashData(bytes.AsSpan(HashBytes)).AsSpan().SequenceEqual(bytes.AsSpan(0, HashBytes)))
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(HashBytes));
        var at = HashBytes + 4;
        if (length < 0 || length > bytes.Length - at)
            return null;
        try
        {
            var entry = JsonSerializer.Deserialize<Entry>(bytes.AsSpan(at, length), Json);
            at += length;
            if (entry is null || !string.Equals(entry.Key, key, StringComparison.Ordinal) || entry.Image.SizeBytes + entry.Parts.Sum(part => (long)part.SizeBytes) != bytes.Length - at)
                return null;
            var content = bytes.AsMemory(at, entry.Image.SizeBytes);
            at += entry.Image.SizeBytes;
            var parts = new List<FlashPart>(entry.Parts.Count);
            foreach (var part in entry.Parts)
            {
                parts.Add(new FlashPart(part.Name, part.OffsetBytes, bytes.AsMemory(at, part.SizeBytes)));
                at += part.SizeBytes;
            }

            var image = entry.Image;
            return new BuildOutcome
            {
                Image = new BuiltImage { Content = content, Sha256 = image.Sha256, Format = image.Format, ProjectName = image.ProjectName, Version = image.Version, Chip = image.Chip, AgentVersion = image.AgentVersion },
                Toolchain = entry.Toolchain,
                Sandbox = entry.Sandbox,
                IsIsolated = entry.IsIsolated,
                Memory = entry.Memory,
                Messages = entry.Messages,
                FlashParts = parts,
                CacheKey = key,
                FromCache = true,
            };
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static void Add(IncrementalHash hash, string text) => Add(hash, Encoding.UTF8.GetBytes(text));

    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }

    private sealed record Entry(
        string Key, string Toolchain, string Sandbox, bool IsIsolated, BuildMemory? Memory, IReadOnlyList<BuildMessage> Messages, EntryImage Image, IReadOnlyList<EntryPart> Parts);

    private sealed record EntryImage(string Sha256, string Format, string ProjectName, string Version, string Chip, string AgentVersion, int SizeBytes);

    private sealed record EntryPart(string Name, long OffsetBytes, int SizeBytes);

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Warning, "The kept build {Key} was damaged and is forgotten")]
        public static partial void Damaged(ILogger logger, string key);

        [LoggerMessage(21, LogLevel.Warning, "A kept build could not be read: {Why}")]
        public static partial void Unreadable(ILogger logger, string why);

        [LoggerMessage(22, LogLevel.Warning, "A build could not be kept: {Why}")]
        public static partial void Unwritable(ILogger logger, string why);
    }
}
