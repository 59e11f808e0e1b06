using System.Globalization;
using System.Text;

namespace EspForge.Build;

/// <summary>
/// A running language server on a project: JSON-RPC messages in and out, without their framing (Language Server Protocol, base protocol). One reader; several
/// may send. Disposing kills the server and removes its directory.
/// </summary>
public sealed class LanguageSession : IAsyncDisposable
{
    /// <summary>Largest message in either direction, in bytes.</summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;

    private const int MaxHeaderBytes = 4_096;

    private readonly SandboxedProcess _process;
    private readonly JobDirectory _directory;
    private readonly BuildOptions _options;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _updating = new(1, 1);
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _start;
    private int _end;
    private int _isDisposed;

    internal LanguageSession(SandboxedProcess process, JobDirectory directory, string rootUri, BuildOptions options)
    {
        _process = process;
        _directory = directory;
        _options = options;
        RootUri = rootUri;
    }

    /// <summary>The project's directory as the server sees it: <c>file:///…</c>. Files of the project are below it.</summary>
    public string RootUri { get; }

    /// <summary>Ends when the server has ended, whatever the reason.</summary>
    public Task Ended => _process.Exited;

    /// <summary>The next message of the server, or <see langword="null"/> once it has ended or sent something that is no message or too large.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (await ReadLengthAsync(cancellationToken) is not { } length)
                return null;
            var message = new byte[length];
            var have = Math.Min(length, _end - _start);
            _buffer.AsSpan(_start, have).CopyTo(message);
            _start += have;
            await _process.Output.ReadExactlyAsync(message.AsMemory(have), cancellationToken);
            return message;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Sends a message to the server.</summary>
    /// <returns><see langword="true"/>, or a fault: <c>message-too-large</c>, <c>language-server-ended</c>.</returns>
    public async Task<Outcome<bool>> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (message.Length > MaxMessageBytes)
            return new Fault("message-too-large", string.Create(CultureInfo.InvariantCulture, $"A message has at most {MaxMessageBytes:N0} bytes."));
        await _sending.WaitAsync(cancellationToken);
        try
        {
            var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {message.Length}\r\n\r\n"));
            // Whole or not at all: half a message would be the end of all understanding.
            var framed = new byte[header.Length + message.Length];
            header.CopyTo(framed, 0);
            message.Span.CopyTo(framed.AsSpan(header.Length));
            await _process.Input.WriteAsync(framed, CancellationToken.None).AsTask().WaitAsync(cancellationToken);
            await _process.Input.FlushAsync(cancellationToken);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return new Fault("language-server-ended", "The language server has ended.");
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>
    /// Writes files to the session's directory: new ones, changed ones, and generated ones such as <c>pins.h</c>. The server sees them with the next change of a
    /// file that is open in it.
    /// </summary>
    /// <param name="files">Files of the project.</param>
    /// <param name="generatedFiles">Generated files.</param>
    /// <param name="deletedFiles">Paths of project files that are gone.</param>
    /// <param name="cancellationToken">Ends the wait for another update.</param>
    /// <returns><see langword="true"/>, or a fault: <c>build-invalid</c>, nothing is written then; <c>build-storage</c>.</returns>
    public async Task<Outcome<bool>> UpdateFilesAsync(
        IReadOnlyList<ProjectFile> files, IReadOnlyList<ProjectFile> generatedFiles, IReadOnlyList<string>? deletedFiles = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(generatedFiles);
        foreach (var path in files.Concat(generatedFiles).Select(file => file.Path).Concat(deletedFiles ?? []))
        {
            if (ProjectRules.CheckPath(path) is { } fault)
                return fault;
        }

        if (files.Concat(generatedFiles).FirstOrDefault(file => file.Content.Length > _options.MaxFileBytes) is { } large)
            return new Fault("build-invalid", string.Create(CultureInfo.InvariantCulture, $"'{large.Path}' has {large.Content.Length:N0} bytes; a file has at most {_options.MaxFileBytes:N0}."));
        if (files.Sum(file => (long)file.Content.Length) > _options.MaxProjectBytes || files.Count + generatedFiles.Count > _options.MaxFiles)
            return new Fault("build-invalid", "These are more or larger files than a project may have.");
        await _updating.WaitAsync(cancellationToken);
        try
        {
            foreach (var path in deletedFiles ?? [])
                File.Delete(Path.Combine(_directory.Path, BuildJob.ProjectFolder, path));
            foreach (var file in files)
                Replace(BuildJob.ProjectFolder, file);
            foreach (var file in generatedFiles)
                Replace(BuildJob.GeneratedFolder, file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault("build-storage", $"The session's files could not be written: {e.Message}");
        }
        finally
        {
            _updating.Release();
        }
    }

    /// <summary>Kills the server and removes its directory.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        await _process.DisposeAsync();
        _directory.Dispose();
        _sending.Dispose();
        _updating.Dispose();
    }

    private void Replace(string folder, ProjectFile file)
    {
        var target = Path.Combine(_directory.Path, folder, file.Path);
        PrivateFiles.CreateReadableDirectory(Path.GetDirectoryName(target)!);
        var temporary = Path.Combine(_directory.Path, $"update-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6))}");
        PrivateFiles.CreateReadable(temporary, file.Content.Span, isProgram: false);
        File.Move(temporary, target, overwrite: true);
    }

    // Header fields, one a line, until an empty line; Content-Length is the only one that matters.
    private async Task<int?> ReadLengthAsync(CancellationToken cancellationToken)
    {
        int? length = null;
        var line = new StringBuilder();
        for (var count = 0; count < MaxHeaderBytes; count++)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await _process.Output.ReadAsync(_buffer, cancellationToken);
                if (_end == 0)
                    return null;
            }

            var c = (char)_buffer[_start++];
            if (c is not '\n')
            {
                line.Append(c);
                continue;
            }

            var text = line.ToString().TrimEnd('\r');
            line.Clear();
            if (text.Length == 0)
                return length is >= 0 and <= MaxMessageBytes ? length : null;
            if (text.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.TryParse(text.AsSpan("Content-Length:".Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        }

        return null;
    }
}
