module incipit/rival/protocol

go 1.24.1
